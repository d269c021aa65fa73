/* The assertions of the C hosts: each names the place and ends the program. */
#ifndef CHECK_H
#define CHECK_H

#include "floorjobs.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define CHECK(condition)                                                      \
  do {                                                                        \
    if (!(condition)) {                                                       \
      fprintf(stderr, "%s:%d: not so: %s\n", __FILE__, __LINE__, #condition); \
      exit(1);                                                                \
    }                                                                         \
  } while (0)

/* A call that must succeed; `error` is the variable that it is given. */
#define OK(call)                                                                           \
  do {                                                                                     \
    fj_error *error = NULL;                                                                \
    if ((call) != FJ_OK) {                                                                 \
      fprintf(stderr, "%s:%d: %s: %s (%s)\n", __FILE__, __LINE__, #call,                   \
              fj_error_message(error).data, fj_status_code(fj_error_status(error)));       \
      exit(1);                                                                             \
    }                                                                                      \
    CHECK(error == NULL);                                                                  \
  } while (0)

/* A call that must fail so, and say why. */
#define FAILS(expected, call)                                                              \
  do {                                                                                     \
    fj_error *error = NULL;                                                                \
    int status_ = (int)(call);                                                             \
    if (status_ != (expected)) {                                                           \
      fprintf(stderr, "%s:%d: %s: %s, not %s: %s\n", __FILE__, __LINE__, #call,            \
              fj_status_code(status_), #expected, fj_error_message(error).data);           \
      exit(1);                                                                             \
    }                                                                                      \
    CHECK(fj_error_status(error) == (expected));                                           \
    CHECK(fj_error_message(error).len > 0);                                                \
    fj_error_free(error);                                                                  \
  } while (0)

#define TEXT(text) fj_str_of(text)

static inline fj_str nothing(void) { return fj_str_of(NULL); }

static inline int contains(const fj_string *text, const char *part) {
  return text->data != NULL && strstr(text->data, part) != NULL;
}

/* What a JSON text says under a name, up to the next quote or comma: enough for a test. */
static inline void member(const fj_string *json, const char *name, char *into, size_t size) {
  char wanted[64];
  snprintf(wanted, sizeof wanted, "\"%s\":", name);
  const char *from = json->data != NULL ? strstr(json->data, wanted) : NULL;
  CHECK(from != NULL);
  from += strlen(wanted);
  if (*from == '"') from++;
  size_t length = strcspn(from, "\",}");
  CHECK(length < size);
  memcpy(into, from, length);
  into[length] = '\0';
}

/* A client of a store in a folder of the test's own. */
static inline fj_client *open_in(const char *folder) {
  char url[1024];
  snprintf(url, sizeof url, "sqlite:///%s/jobs.db", folder);
  fj_client_options options;
  memset(&options, 0, sizeof options);
  options.struct_size = sizeof options;
  options.database_url = TEXT(url);
  fj_client *client = NULL;
  OK(fj_client_open(&options, &client, &error));
  CHECK(client != NULL);
  return client;
}

#endif
