/* Reads a floor plan and prints what is in it: cc rooms.c $(pkg-config --cflags --libs floorjobs) */
#include <floorjobs.h>

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>

/* Says what went wrong and ends; the error is freed by the end. */
static int failed(const char *what, fj_error *error) {
  fprintf(stderr, "%s: %s (%s)\n", what, fj_error_message(error).data,
          fj_status_code(fj_error_status(error)));
  for (size_t n = 0; fj_error_cause(error, n).data != NULL; n++)
    fprintf(stderr, "  because of: %s\n", fj_error_cause(error, n).data);
  fj_error_free(error);
  return 1;
}

/* The text of a file; a host has its own way to do this. */
static uint8_t *bytes_of(const char *path, size_t *length) {
  FILE *file = fopen(path, "rb");
  if (file == NULL) return NULL;
  size_t size = 1 << 16, have = 0;
  uint8_t *bytes = (uint8_t *)malloc(size);
  while (bytes != NULL) {
    size_t got = fread(bytes + have, 1, size - have, file);
    have += got;
    if (got == 0) break;
    if (have == size) bytes = (uint8_t *)realloc(bytes, size *= 2);
  }
  fclose(file);
  *length = have;
  return bytes;
}

/* Prints the name and the area of each room. A host that wants more of it has a JSON library. */
static int print_rooms(fj_str plan) {
  fj_error *error = NULL;
  uint64_t count;
  if (fj_json_count(plan, fj_str_of("/floorplan/rooms"), &count, &error) != FJ_OK)
    return failed("no rooms", error);
  for (uint64_t n = 0; n < count; n++) {
    char at[64];
    fj_string name = {NULL, 0}, area = {NULL, 0};
    snprintf(at, sizeof at, "/floorplan/rooms/%" PRIu64 "/name", n);
    fj_json_get(plan, fj_str_of(at), &name, NULL);
    snprintf(at, sizeof at, "/floorplan/rooms/%" PRIu64 "/area_m2", n);
    fj_json_get(plan, fj_str_of(at), &area, NULL);
    printf("room %" PRIu64 ": %s, %s m2\n", n + 1, name.data != NULL ? name.data : "without a name",
           area.data != NULL ? area.data : "unknown");
    fj_string_free(&name);
    fj_string_free(&area);
  }
  return 0;
}

int main(int argc, char **argv) {
  if (argc != 2) return fprintf(stderr, "usage: rooms plan.pdf\n"), 2;
  if (fj_abi_version() != FJ_ABI_VERSION)
    return fprintf(stderr, "floorjobs %s does not fit this program\n", fj_version()), 1;

  size_t length = 0;
  uint8_t *pdf = bytes_of(argv[1], &length);
  if (pdf == NULL) return perror(argv[1]), 1;
  fj_error *error = NULL;
  fj_string plan;
  fj_status status = fj_ingest_pdf(pdf, length, fj_str_of(NULL), NULL, &plan, NULL, &error);
  free(pdf);
  if (status != FJ_OK) return failed(argv[1], error);
  int ended = print_rooms(fj_str_of(plan.data));
  fj_string_free(&plan);
  return ended;
}
