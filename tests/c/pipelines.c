/* The pipelines without a store: a plan is read, rooms are laid out, the bill is exported. */
#include "check.h"

struct seen {
  int calls;
  double last;
  int stop;
};

static void progress(void *userdata, double fraction, fj_str stage) {
  struct seen *seen = (struct seen *)userdata;
  CHECK(fraction >= 0 && fraction <= 1);
  CHECK(stage.data != NULL && strlen(stage.data) == stage.len);
  seen->calls++;
  seen->last = fraction;
}

static int is_cancelled(void *userdata) { return ((struct seen *)userdata)->stop; }

static uint8_t *read_file(const char *path, size_t *length) {
  FILE *file = fopen(path, "rb");
  CHECK(file != NULL);
  CHECK(fseek(file, 0, SEEK_END) == 0);
  long end = ftell(file);
  CHECK(end > 0 && fseek(file, 0, SEEK_SET) == 0);
  uint8_t *bytes = (uint8_t *)malloc((size_t)end);
  CHECK(bytes != NULL && fread(bytes, 1, (size_t)end, file) == (size_t)end);
  fclose(file);
  *length = (size_t)end;
  return bytes;
}

static void plan_is_read(const char *path) {
  size_t length;
  uint8_t *pdf = read_file(path, &length);
  struct seen seen;
  memset(&seen, 0, sizeof seen);
  fj_watch watch;
  memset(&watch, 0, sizeof watch);
  watch.struct_size = sizeof watch;
  watch.userdata = &seen;
  watch.progress = progress;
  watch.is_cancelled = is_cancelled;
  fj_string document, svg;
  OK(fj_ingest_pdf(pdf, length, nothing(), &watch, &document, &svg, &error));
  CHECK(contains(&document, "\"floorplan\":{") && contains(&document, "\"wall_segments\":[{"));
  CHECK(contains(&document, "\"detections\":"));
  CHECK(strncmp(svg.data, "<svg", 4) == 0 || contains(&svg, "<svg"));
  CHECK(seen.calls > 0 && seen.last > 0);
  fj_string again;
  OK(fj_ingest_pdf(pdf, length, TEXT("{\"page\":0}"), NULL, &again, NULL, &error));
  CHECK(again.len == document.len && memcmp(again.data, document.data, again.len) == 0);
  fj_string_free(&again);
  fj_string_free(&document);
  fj_string_free(&svg);
  seen.stop = 1;
  FAILS(FJ_CANCELLED, fj_ingest_pdf(pdf, length, nothing(), &watch, &document, &svg, &error));
  CHECK(document.data == NULL && svg.data == NULL);
  FAILS(FJ_INVALID_INPUT, fj_ingest_pdf(pdf, length, TEXT("{\"page\":99}"), NULL, &document, NULL, &error));
  free(pdf);
}

/* The bill out of `{"answer": ..., "bom": ...}`: it is the last member. */
static fj_str bom_of(const fj_string *design) {
  const char *from = strstr(design->data, ",\"bom\":{");
  CHECK(from != NULL);
  from += strlen(",\"bom\":");
  fj_str bom;
  bom.data = from;
  bom.len = design->len - (size_t)(from - design->data) - 1;
  return bom;
}

static void rooms_are_laid_out(void) {
  const char *request =
      "{\"program\":{\"prompt\":\"2 offices\"},\"solver\":{\"seed\":1,\"alternatives\":1},"
      "\"site\":{\"perimeter_mm\":[[0,0],[9000,0],[9000,6000],[0,6000]]}}";
  fj_string design, svg, csv, csv_again;
  OK(fj_generate(TEXT(request), nothing(), NULL, NULL, &design, &svg, &error));
  CHECK(contains(&design, "\"answer\":{\"status\":\"ok") || contains(&design, "\"status\":\"ok"));
  CHECK(contains(&svg, "<svg"));
  OK(fj_bom_csv(bom_of(&design), &csv, &error));
  CHECK(contains(&csv, "material_name"));
  OK(fj_bom_csv(bom_of(&design), &csv_again, &error));
  CHECK(strcmp(csv.data, csv_again.data) == 0);
  fj_bytes xlsx;
  OK(fj_bom_xlsx(bom_of(&design), &xlsx, &error));
  CHECK(xlsx.len > 1000 && memcmp(xlsx.data, "PK", 2) == 0);
  fj_bytes_free(&xlsx);
  fj_bytes_free(&xlsx);
  fj_string_free(&csv);
  fj_string_free(&csv_again);
  fj_string_free(&svg);
  fj_string_free(&design);
  FAILS(FJ_INVALID_INPUT, fj_generate(TEXT("{\"program\":{\"rooms\":7}}"), nothing(), NULL, NULL, &design, NULL, &error));
  FAILS(FJ_INVALID_INPUT, fj_bom_csv(TEXT("{}"), &csv, &error));
}

/* Proposes two offices on a corridor: nothing that fits at first, then what does. */
static fj_candidates *propose(void *userdata, fj_str proposal, uint32_t round, fj_str feedback) {
  CHECK(strstr(proposal.data, "\"plate\":{") != NULL && strstr(proposal.data, "\"brief\":{") != NULL);
  CHECK(round < 3 && (round == 0) == (strcmp(feedback.data, "[]") == 0));
  ++*(int *)userdata;
  if (round == 0) return fj_candidates_of(TEXT("[{\"rooms\": []}]"));
  return fj_candidates_of(
      TEXT("[{\"rooms\": [{\"id\": \"a\", \"boundary\": [[0,1262],[3000,1262],[3000,4996],[0,4996]]},"
           "{\"id\": \"b\", \"boundary\": [[3000,1262],[6000,1262],[6000,4996],[3000,4996]]}],"
           "\"corridors\": [{\"id\": \"hall\", \"boundary\": [[0,0],[6000,0],[6000,1262],[0,1262]]}]}]"));
}

static fj_candidates *propose_rubbish(void *userdata, fj_str proposal, uint32_t round, fj_str feedback) {
  (void)proposal, (void)round, (void)feedback;
  ++*(int *)userdata;
  return fj_candidates_of(TEXT("no JSON"));
}

static void host_proposes(void) {
  const char *request =
      "{\"program\":{\"rooms\":[{\"id\":\"a\",\"type\":\"private_office\",\"area_m2\":10.9},"
      "{\"id\":\"b\",\"type\":\"private_office\",\"area_m2\":10.9}]},\"solver\":{\"seed\":1,\"alternatives\":8},"
      "\"site\":{\"perimeter_mm\":[[0,0],[6000,0],[6000,5000],[0,5000]]}}";
  int asked = 0;
  fj_candidate_source source;
  memset(&source, 0, sizeof source);
  source.struct_size = sizeof source;
  source.name = TEXT("the host");
  source.propose = propose;
  source.userdata = &asked;
  fj_string design, again;
  OK(fj_generate(TEXT(request), nothing(), &source, NULL, &design, NULL, &error));
  CHECK(asked >= 2);
  CHECK(contains(&design, "\"x1\":3000,\"y1\":1250")); /* the wall between the two, on the grid */
  CHECK(contains(&design, "\"answer\":{\"status\":\"ok"));
  fj_string_free(&design);
  /* One that proposes nothing of use is asked no more, and changes nothing. */
  asked = 0;
  source.propose = propose_rubbish;
  OK(fj_generate(TEXT(request), nothing(), &source, NULL, &design, NULL, &error));
  CHECK(asked == 1);
  OK(fj_generate(TEXT(request), nothing(), NULL, NULL, &again, NULL, &error));
  CHECK(strcmp(design.data, again.data) == 0);
  CHECK(contains(&design, "\"answer\":{\"status\":\"ok"));
  fj_string_free(&design);
  fj_string_free(&again);
}

int main(int argc, char **argv) {
  CHECK(argc == 2);
  plan_is_read(argv[1]);
  rooms_are_laid_out();
  host_proposes();
  return 0;
}
