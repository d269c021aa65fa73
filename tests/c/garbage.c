/* What a host may get wrong, short of undefined behaviour: every export with each pointer NULL in
 * turn, text that is none, sizes that no version had, numbers out of range. A status every time,
 * and nothing to free. run.sh demands that every export is named here. */
#include "check.h"

#include <limits.h>
#include <math.h>

static fj_client *client;

/* Texts that no argument may be; the last one is text, and no sensible value of anything. */
enum { BAD = 5 };
static fj_str bad(int which) {
  static const char odd[] = "\xff\xfe";
  fj_str text;
  text.data = odd;
  text.len = 2;
  if (which == 1) text.data = NULL; /* and yet two bytes */
  if (which == 2) text.len = SIZE_MAX;
  if (which == 3) text.len = (size_t)1 << 40;
  if (which == 4) text = TEXT("\x01 {[");
  return text;
}

/* Numbers that no id, time or code is. */
static const int64_t NO_IDS[] = {0, -1, INT64_MAX, INT64_MIN};
static const double NO_TIMES[] = {-1, -INFINITY, NAN, 1e300};

#define EMPTY(text) CHECK((text).data == NULL && (text).len == 0)

/* Neither a NULL `error_out` nor one that holds something is in the way. */
#define REFUSES(call)                                      \
  do {                                                     \
    fj_error *error = (fj_error *)(void *)&client;         \
    int first_ = (int)(call);                              \
    CHECK(first_ > FJ_OK && first_ <= FJ_INTERNAL);        \
    CHECK(first_ != FJ_INTERNAL && first_ != FJ_PANICKED); \
    CHECK((int)fj_error_status(error) == first_);          \
    fj_error_free(error);                                  \
  } while (0)

typedef fj_status (*asks)(const fj_client *, fj_string *, fj_error **);
typedef fj_status (*asks_with_text)(const fj_client *, fj_str, fj_string *, fj_error **);
typedef fj_status (*asks_with_id)(const fj_client *, int64_t, fj_string *, fj_error **);
typedef fj_status (*does_with_text)(const fj_client *, fj_str, fj_error **);

static void questions(void) {
  const asks all[] = {fj_client_stats,  fj_client_paused,    fj_client_metrics,
                      fj_client_doctor, fj_client_materials, fj_client_materials_csv,
                      fj_client_sweep};
  fj_string out;
  for (size_t n = 0; n < sizeof all / sizeof *all; n++) {
    REFUSES(all[n](NULL, &out, &error));
    EMPTY(out);
    REFUSES(all[n](client, NULL, &error));
    CHECK(all[n](NULL, NULL, NULL) != FJ_OK);
  }
}

static void questions_with_text(void) {
  const asks_with_text all[] = {
      fj_client_get,      fj_client_attempts, fj_client_explain,  fj_client_estimate,
      fj_client_cancel,   fj_client_retry,    fj_client_make_due, fj_client_enqueue,
      fj_client_enqueue_many, fj_client_list, fj_client_position, fj_client_parents,
      fj_client_hold,
  };
  const char *job = "0198c0de-0000-7000-8000-000000000001";
  fj_string out;
  for (size_t n = 0; n < sizeof all / sizeof *all; n++) {
    REFUSES(all[n](NULL, TEXT(job), &out, &error));
    EMPTY(out);
    REFUSES(all[n](client, TEXT(job), NULL, &error));
    if (all[n] != fj_client_list) REFUSES(all[n](client, nothing(), &out, &error));
    for (int which = 0; which < BAD; which++) {
      REFUSES(all[n](client, bad(which), &out, &error));
      EMPTY(out);
      CHECK(all[n](client, bad(which), NULL, NULL) != FJ_OK);
    }
  }
  const does_with_text others[] = {fj_client_pause, fj_client_resume};
  for (size_t n = 0; n < sizeof others / sizeof *others; n++) {
    REFUSES(others[n](NULL, TEXT("queue"), &error));
    REFUSES(others[n](client, nothing(), &error));
    for (int which = 0; which < BAD; which++) REFUSES(others[n](client, bad(which), &error));
  }
}

static void questions_with_ids(void) {
  const asks_with_id all[] = {
      fj_client_floorplan,  fj_client_floorplan_svg, fj_client_layout,
      fj_client_layout_svg, fj_client_bom,           fj_client_bom_csv,
  };
  fj_string out;
  fj_bytes bytes;
  for (size_t id = 0; id < sizeof NO_IDS / sizeof *NO_IDS; id++) {
    for (size_t n = 0; n < sizeof all / sizeof *all; n++) {
      REFUSES(all[n](client, NO_IDS[id], &out, &error));
      EMPTY(out);
      REFUSES(all[n](NULL, NO_IDS[id], &out, &error));
      REFUSES(all[n](client, NO_IDS[id], NULL, &error));
    }
    REFUSES(fj_client_bom_xlsx(client, NO_IDS[id], &bytes, &error));
    EMPTY(bytes);
    REFUSES(fj_client_bom_xlsx(NULL, NO_IDS[id], &bytes, &error));
    REFUSES(fj_client_bom_xlsx(client, NO_IDS[id], NULL, &error));
    REFUSES(fj_client_price(client, NO_IDS[id], nothing(), &out, &error));
    REFUSES(fj_client_price(NULL, NO_IDS[id], nothing(), &out, &error));
    REFUSES(fj_client_price(client, NO_IDS[id], nothing(), NULL, &error));
    REFUSES(fj_client_price(client, NO_IDS[id], bad((int)id), &out, &error));
    REFUSES(fj_client_newest_bom(NULL, NO_IDS[id], &out, &error));
    REFUSES(fj_client_newest_bom(client, NO_IDS[id], NULL, &error));
  }
}

static void opening(const char *folder) {
  char url[1024];
  snprintf(url, sizeof url, "sqlite:///%s/other.db", folder);
  fj_client *opened = client;
  fj_client_options options;
  memset(&options, 0, sizeof options);
  const size_t sizes[] = {0, 1, sizeof options - 1, 1 << 20, SIZE_MAX};
  for (size_t n = 0; n < sizeof sizes / sizeof *sizes; n++) {
    options.struct_size = sizes[n];
    REFUSES(fj_client_open(&options, &opened, &error));
    CHECK(opened == NULL);
  }
  options.struct_size = sizeof options;
  REFUSES(fj_client_open(&options, NULL, &error));
  options.database_url = TEXT(url);
  fj_str *texts[] = {&options.database_url, &options.blobs_url, &options.queue, &options.durability,
                     &options.redis_url};
  for (size_t n = 0; n < sizeof texts / sizeof *texts; n++) {
    for (int which = 0; which < BAD; which++) {
      *texts[n] = bad(which);
      REFUSES(fj_client_open(&options, &opened, &error));
      CHECK(opened == NULL);
    }
    *texts[n] = n == 0 ? TEXT(url) : nothing();
  }
  options.has_max_retries = 1;
  options.max_retries = UINT_MAX;
  REFUSES(fj_client_open(&options, &opened, &error));
  options.has_max_retries = 0;
  options.has_retry_delay = 1;
  for (size_t n = 0; n < sizeof NO_TIMES / sizeof *NO_TIMES; n++) {
    options.retry_delay_seconds = NO_TIMES[n];
    REFUSES(fj_client_open(&options, &opened, &error));
  }
  /* A newer program, whose new member is set; and one that leaves it zero. */
  struct {
    fj_client_options known;
    uint64_t newer;
  } beyond;
  memset(&beyond, 0, sizeof beyond);
  beyond.known.struct_size = sizeof beyond;
  beyond.known.queue = TEXT("not a name!");
  beyond.newer = 1;
  FAILS(FJ_UNSUPPORTED, fj_client_open(&beyond.known, &opened, &error));
  beyond.newer = 0;
  FAILS(FJ_INVALID_INPUT, fj_client_open(&beyond.known, &opened, &error));

  fj_string out;
  REFUSES(fj_migrate(TEXT("sqlite:///x.db"), NULL, &error));
  for (int which = 0; which < BAD; which++) REFUSES(fj_migrate(bad(which), &out, &error));
  REFUSES(fj_client_check_health(NULL, &error));
  CHECK(fj_client_check_health(NULL, NULL) != FJ_OK);
}

static void following(void) {
  const fj_str job = TEXT("0198c0de-0000-7000-8000-000000000001");
  fj_string out;
  fj_events *events = (fj_events *)(void *)&out;
  REFUSES(fj_client_events(NULL, job, &events, &error));
  CHECK(events == NULL);
  REFUSES(fj_client_events(client, job, &events, &error)); /* not found */
  REFUSES(fj_client_events(client, job, NULL, &error));
  REFUSES(fj_events_next(NULL, 0, &out, &error));
  REFUSES(fj_client_wait(NULL, job, 0, &out, &error));
  REFUSES(fj_client_wait(client, job, 0, NULL, &error));
  for (int which = 0; which < BAD; which++) {
    REFUSES(fj_client_events(client, bad(which), &events, &error));
    REFUSES(fj_client_wait(client, bad(which), 0, &out, &error));
  }
  fj_string made;
  char id[64];
  OK(fj_client_enqueue(client, TEXT("{\"kind\":\"k\"}"), &made, &error));
  member(&made, "job_id", id, sizeof id);
  fj_string_free(&made);
  OK(fj_client_events(client, TEXT(id), &events, &error));
  REFUSES(fj_events_next(events, 0, NULL, &error));
  for (size_t n = 0; n < sizeof NO_TIMES / sizeof *NO_TIMES; n++) {
    REFUSES(fj_events_next(events, NO_TIMES[n], &out, &error));
    EMPTY(out);
    REFUSES(fj_client_wait(client, TEXT(id), NO_TIMES[n], &out, &error));
  }
  fj_events_free(events);
}

static void storing(void) {
  const uint8_t pdf[] = "%PDF-1.7 of sorts";
  fj_string out;
  REFUSES(fj_client_ingest(NULL, pdf, sizeof pdf, nothing(), &out, &error));
  REFUSES(fj_client_ingest(client, NULL, 0, nothing(), &out, &error));
  REFUSES(fj_client_ingest(client, NULL, 7, nothing(), &out, &error));
  REFUSES(fj_client_ingest(client, pdf, 0, nothing(), &out, &error));
  FAILS(FJ_LIMIT_EXCEEDED, fj_client_ingest(client, pdf, SIZE_MAX, nothing(), &out, &error));
  FAILS(FJ_LIMIT_EXCEEDED, fj_client_ingest(client, pdf, (size_t)1 << 33, nothing(), &out, &error));
  REFUSES(fj_client_ingest(client, pdf, sizeof pdf, nothing(), NULL, &error));
  REFUSES(fj_client_ingest_file(NULL, TEXT("x"), nothing(), &out, &error));
  REFUSES(fj_client_ingest_file(client, nothing(), nothing(), &out, &error));
  REFUSES(fj_client_ingest_file(client, TEXT(""), nothing(), &out, &error));
  REFUSES(fj_client_ingest_file(client, TEXT("/"), nothing(), &out, &error));
  REFUSES(fj_client_ingest_file(client, TEXT("x"), nothing(), NULL, &error));
  REFUSES(fj_client_generate(NULL, TEXT("{}"), nothing(), &out, &error));
  REFUSES(fj_client_generate(client, nothing(), nothing(), &out, &error));
  REFUSES(fj_client_generate(client, TEXT("{}"), nothing(), NULL, &error));
  for (int which = 0; which < BAD; which++) {
    REFUSES(fj_client_ingest(client, pdf, sizeof pdf, bad(which), &out, &error));
    REFUSES(fj_client_ingest_file(client, bad(which), nothing(), &out, &error));
    REFUSES(fj_client_generate(client, bad(which), nothing(), &out, &error));
    REFUSES(fj_client_generate(client, TEXT("{}"), bad(which), &out, &error));
    EMPTY(out);
  }
  REFUSES(fj_client_reset_materials(NULL, &error));
  REFUSES(fj_client_import_materials(NULL, TEXT("n"), TEXT("x"), TEXT("merge"), &out, &error));
  REFUSES(fj_client_import_materials(client, nothing(), TEXT("x"), TEXT("merge"), &out, &error));
  REFUSES(fj_client_import_materials(client, TEXT("n"), nothing(), TEXT("merge"), &out, &error));
  REFUSES(fj_client_import_materials(client, TEXT("n"), TEXT("x"), nothing(), &out, &error));
  REFUSES(fj_client_import_materials(client, TEXT("n"), TEXT("x"), TEXT("merge"), NULL, &error));
  for (int which = 0; which < BAD; which++) {
    REFUSES(fj_client_import_materials(client, bad(which), TEXT("x"), TEXT("merge"), &out, &error));
    REFUSES(fj_client_import_materials(client, TEXT("n"), bad(which), TEXT("merge"), &out, &error));
    REFUSES(fj_client_import_materials(client, TEXT("n"), TEXT("x"), bad(which), &out, &error));
  }
  /* JSON that is deeper than any reader goes. */
  static char deep[100001];
  memset(deep, '[', sizeof deep - 1);
  REFUSES(fj_client_enqueue(client, TEXT(deep), &out, &error));
  REFUSES(fj_client_backup(NULL, TEXT("x"), 0, &out, &error));
  REFUSES(fj_client_backup(client, nothing(), INT_MAX, &out, &error));
  REFUSES(fj_client_backup(client, TEXT("/nowhere/at/all"), INT_MIN, &out, &error));
  REFUSES(fj_client_backup(client, TEXT("x"), 0, NULL, &error));
  REFUSES(fj_client_check_integrity(NULL, 0, &out, &error));
  REFUSES(fj_client_check_integrity(client, INT_MIN, NULL, &error));
}

static void holding(void) {
  const fj_str job = TEXT("0198c0de-0000-7000-8000-000000000001");
  fj_string out;
  REFUSES(fj_client_complete(NULL, job, nothing(), &out, &error));
  REFUSES(fj_client_complete(client, nothing(), nothing(), &out, &error));
  REFUSES(fj_client_complete(client, job, nothing(), NULL, &error));
  REFUSES(fj_client_complete(client, job, nothing(), &out, &error)); /* not found */
  REFUSES(fj_client_fail(NULL, job, FJ_INTERNAL, TEXT("x"), &out, &error));
  REFUSES(fj_client_fail(client, nothing(), FJ_INTERNAL, TEXT("x"), &out, &error));
  REFUSES(fj_client_fail(client, job, FJ_INTERNAL, nothing(), &out, &error));
  REFUSES(fj_client_fail(client, job, FJ_INTERNAL, TEXT("x"), NULL, &error));
  const int codes[] = {FJ_OK, -1, 4711, INT_MAX, INT_MIN};
  for (size_t n = 0; n < sizeof codes / sizeof *codes; n++)
    FAILS(FJ_INVALID_INPUT, fj_client_fail(client, job, codes[n], TEXT("x"), &out, &error));
  fj_handler handler;
  memset(&handler, 0, sizeof handler);
  REFUSES(fj_client_run_here(client, job, &handler, &out, &error)); /* no size */
  handler.struct_size = sizeof handler;
  FAILS(FJ_INVALID_INPUT, fj_client_run_here(client, job, &handler, &out, &error)); /* nor function */
  REFUSES(fj_client_run_here(NULL, job, NULL, &out, &error));
  REFUSES(fj_client_run_here(client, nothing(), NULL, &out, &error));
  REFUSES(fj_client_run_here(client, job, NULL, NULL, &error));
  FAILS(FJ_NOT_FOUND, fj_client_run_here(client, job, NULL, &out, &error));
  uint64_t pruned = 7;
  REFUSES(fj_client_prune(NULL, nothing(), &pruned, &error));
  CHECK(pruned == 0);
  REFUSES(fj_client_prune(client, nothing(), NULL, &error));
  for (int which = 0; which < BAD; which++) {
    REFUSES(fj_client_complete(client, bad(which), nothing(), &out, &error));
    REFUSES(fj_client_complete(client, job, bad(which), &out, &error));
    EMPTY(out);
    REFUSES(fj_client_fail(client, bad(which), FJ_INTERNAL, TEXT("x"), &out, &error));
    REFUSES(fj_client_fail(client, job, FJ_INTERNAL, bad(which), &out, &error));
    REFUSES(fj_client_run_here(client, bad(which), NULL, &out, &error));
    REFUSES(fj_client_prune(client, bad(which), &pruned, &error));
  }
}

static void working(void) {
  const uint8_t pdf[] = "%PDF-1.7 of sorts";
  fj_string out, svg;
  fj_watch watch;
  memset(&watch, 0, sizeof watch);
  REFUSES(fj_ingest_pdf(pdf, sizeof pdf, nothing(), &watch, &out, &svg, &error)); /* no size */
  EMPTY(out);
  EMPTY(svg);
  REFUSES(fj_generate(TEXT("{}"), nothing(), NULL, &watch, &out, &svg, &error));
  EMPTY(svg);
  watch.struct_size = sizeof watch; /* and no functions: nobody follows */
  REFUSES(fj_ingest_pdf(NULL, 0, nothing(), &watch, &out, &svg, &error));
  REFUSES(fj_ingest_pdf(NULL, 1, nothing(), &watch, &out, &svg, &error));
  REFUSES(fj_ingest_pdf(pdf, 0, nothing(), NULL, &out, NULL, &error));
  REFUSES(fj_ingest_pdf(pdf, SIZE_MAX, nothing(), NULL, &out, NULL, &error));
  REFUSES(fj_ingest_pdf(pdf, sizeof pdf, nothing(), NULL, NULL, &svg, &error));
  REFUSES(fj_ingest_pdf(pdf, sizeof pdf, nothing(), NULL, &out, &svg, &error)); /* no PDF */
  REFUSES(fj_generate(TEXT("{}"), nothing(), NULL, NULL, NULL, NULL, &error));
  REFUSES(fj_generate(nothing(), nothing(), NULL, NULL, &out, NULL, &error));
  REFUSES(fj_bom_csv(TEXT("{}"), NULL, &error));
  REFUSES(fj_bom_csv(nothing(), &out, &error));
  fj_bytes bytes;
  REFUSES(fj_bom_xlsx(TEXT("{}"), NULL, &error));
  REFUSES(fj_bom_xlsx(nothing(), &bytes, &error));
  EMPTY(bytes);
  for (int which = 0; which < BAD; which++) {
    REFUSES(fj_ingest_pdf(pdf, sizeof pdf, bad(which), NULL, &out, NULL, &error));
    REFUSES(fj_generate(bad(which), nothing(), NULL, NULL, &out, NULL, &error));
    REFUSES(fj_generate(TEXT("{}"), bad(which), NULL, NULL, &out, NULL, &error));
    REFUSES(fj_bom_csv(bad(which), &out, &error));
    REFUSES(fj_bom_xlsx(bad(which), &bytes, &error));
  }
}

static void taking_apart(void) {
  fj_string out;
  uint64_t count = 7;
  REFUSES(fj_json_get(nothing(), TEXT(""), &out, &error));
  EMPTY(out);
  REFUSES(fj_json_get(TEXT("{}"), nothing(), &out, &error));
  REFUSES(fj_json_get(TEXT("{}"), TEXT(""), NULL, &error));
  REFUSES(fj_json_count(nothing(), TEXT(""), &count, &error));
  CHECK(count == 0);
  REFUSES(fj_json_count(TEXT("{}"), nothing(), &count, &error));
  REFUSES(fj_json_count(TEXT("{}"), TEXT(""), NULL, &error));
  for (int which = 0; which < BAD; which++) {
    REFUSES(fj_json_get(bad(which), TEXT(""), &out, &error));
    REFUSES(fj_json_get(TEXT("{}"), bad(which), &out, &error));
    EMPTY(out);
    REFUSES(fj_json_count(bad(which), TEXT(""), &count, &error));
    REFUSES(fj_json_count(TEXT("{}"), bad(which), &count, &error));
  }
  static char deep[100001];
  memset(deep, '[', sizeof deep - 1);
  REFUSES(fj_json_get(TEXT(deep), TEXT("/0"), &out, &error));
}

static fj_outcome *garbled(void *userdata, const fj_attempt *attempt) {
  (void)userdata;
  fj_string out;
  fj_bytes bytes;
  const uint8_t data[] = "x";
  REFUSES(fj_attempt_job(attempt, NULL, &error));
  REFUSES(fj_attempt_kept(attempt, NULL, &error));
  REFUSES(fj_attempt_input(attempt, 0, NULL, &error));
  REFUSES(fj_attempt_input(attempt, UINT64_MAX, &bytes, &error)); /* has none */
  EMPTY(bytes);
  REFUSES(fj_attempt_progress(attempt, 0, nothing(), nothing(), &error));
  REFUSES(fj_attempt_checkpoint(attempt, nothing(), &error));
  REFUSES(fj_attempt_put_blob(attempt, NULL, 0, &out, &error));
  REFUSES(fj_attempt_put_blob(attempt, data, SIZE_MAX, &out, &error));
  REFUSES(fj_attempt_put_blob(attempt, data, 1, NULL, &error));
  REFUSES(fj_attempt_read_blob(attempt, nothing(), 1, &bytes, &error));
  REFUSES(fj_attempt_read_blob(attempt, TEXT("x"), 1, NULL, &error));
  for (size_t n = 0; n < sizeof NO_TIMES / sizeof *NO_TIMES; n++)
    REFUSES(fj_attempt_progress(attempt, NO_TIMES[n], TEXT("x"), nothing(), &error));
  for (size_t n = 0; n < sizeof NO_TIMES / sizeof *NO_TIMES; n++)
    REFUSES(fj_attempt_wait(attempt, NO_TIMES[n], &error));
  for (int which = 0; which < BAD; which++) {
    REFUSES(fj_attempt_checkpoint(attempt, bad(which), &error));
    REFUSES(fj_attempt_read_blob(attempt, bad(which), 1, &bytes, &error));
    if (which == 4) continue; /* text enough for a stage */
    REFUSES(fj_attempt_progress(attempt, 0, bad(which), nothing(), &error));
    REFUSES(fj_attempt_progress(attempt, 0, TEXT("x"), bad(which), &error));
  }
  return fj_outcome_complete(nothing(), nothing());
}

static void attempts_of_nobody(void) {
  fj_string out;
  fj_bytes bytes;
  CHECK(fj_attempt_payload(NULL).data == NULL);
  CHECK(fj_attempt_job_id(NULL).data == NULL);
  CHECK(fj_attempt_number(NULL) == 0);
  CHECK(fj_attempt_is_cancelled(NULL));
  CHECK(fj_attempt_cancel_reason(NULL).data == NULL);
  REFUSES(fj_attempt_wait(NULL, 0, &error));
  REFUSES(fj_attempt_job(NULL, &out, &error));
  REFUSES(fj_attempt_progress(NULL, 0, TEXT("x"), nothing(), &error));
  REFUSES(fj_attempt_checkpoint(NULL, TEXT("1"), &error));
  REFUSES(fj_attempt_kept(NULL, &out, &error));
  REFUSES(fj_attempt_input(NULL, 1, &bytes, &error));
  REFUSES(fj_attempt_put_blob(NULL, (const uint8_t *)"x", 1, &out, &error));
  REFUSES(fj_attempt_read_blob(NULL, TEXT("x"), 1, &bytes, &error));
  fj_outcome_free(NULL);
  fj_outcome_free(fj_outcome_cancelled());
  const int codes[] = {0, -1, 4711, INT_MAX, INT_MIN};
  for (int which = 0; which < BAD; which++) {
    fj_outcome_free(fj_outcome_complete(bad(which), bad(which)));
    fj_outcome_free(fj_outcome_fail(codes[which], bad(which)));
    fj_outcome_free(fj_outcome_error(codes[which], bad(which)));
    fj_outcome_free(fj_outcome_crashed(codes[which], bad(which)));
    fj_outcome_free(fj_outcome_retry(codes[which], bad(which), NAN));
    fj_outcome_free(fj_outcome_snooze(-INFINITY));
  }
}

static void released(void *userdata) { ++*(int *)userdata; }

static void workers(void) {
  int releases = 0;
  fj_string out;
  fj_worker *worker = (fj_worker *)(void *)&out;
  fj_worker_options options;
  memset(&options, 0, sizeof options);
  REFUSES(fj_worker_new(client, &options, &worker, &error)); /* no size */
  CHECK(worker == NULL);
  options.struct_size = sizeof options;
  REFUSES(fj_worker_new(NULL, &options, &worker, &error));
  REFUSES(fj_worker_new(client, &options, NULL, &error));
  options.queue_count = 3; /* of no queues */
  REFUSES(fj_worker_new(client, &options, &worker, &error));
  fj_str queue = TEXT("default");
  options.queues = &queue;
  options.queue_count = 0;
  REFUSES(fj_worker_new(client, &options, &worker, &error));
  options.queue_count = SIZE_MAX;
  REFUSES(fj_worker_new(client, &options, &worker, &error));
  options.queue_count = 1;
  for (int which = 0; which < BAD; which++) {
    queue = bad(which);
    REFUSES(fj_worker_new(client, &options, &worker, &error));
  }
  queue = TEXT("default");
  options.concurrency = UINT_MAX;
  REFUSES(fj_worker_new(client, &options, &worker, &error));
  options.concurrency = 1;
  double *times[] = {&options.timeout_seconds, &options.lease_seconds,
                     &options.stall_after_seconds, &options.shutdown_grace_seconds};
  for (size_t n = 0; n < sizeof times / sizeof *times; n++) {
    for (size_t t = 0; t < sizeof NO_TIMES / sizeof *NO_TIMES; t++) {
      *times[n] = NO_TIMES[t];
      REFUSES(fj_worker_new(client, &options, &worker, &error));
    }
    *times[n] = 0;
  }
  const int actions[] = {-1, 3, INT_MAX, INT_MIN};
  for (size_t n = 0; n < sizeof actions / sizeof *actions; n++) {
    options.stall_action = actions[n];
    REFUSES(fj_worker_new(client, &options, &worker, &error));
    CHECK(worker == NULL);
  }
  options.stall_action = FJ_STALL_CANCEL;
  for (int which = 0; which < BAD; which++) {
    options.retention = bad(which);
    REFUSES(fj_worker_new(client, &options, &worker, &error));
    CHECK(worker == NULL);
  }
  options.retention = nothing();
  options.max_jobs = UINT64_MAX;
  options.drain = INT_MIN; /* not zero */
  OK(fj_worker_new(client, &options, &worker, &error));

  fj_handler handler;
  memset(&handler, 0, sizeof handler);
  handler.run = garbled;
  handler.userdata = &releases;
  handler.release = released;
  REFUSES(fj_worker_handle(worker, TEXT("garbled"), &handler, &error)); /* no size */
  handler.struct_size = sizeof handler;
  REFUSES(fj_worker_handle(NULL, TEXT("garbled"), &handler, &error));
  REFUSES(fj_worker_handle(worker, nothing(), &handler, &error));
  REFUSES(fj_worker_handle(worker, TEXT("garbled"), NULL, &error));
  for (int which = 0; which < BAD; which++)
    REFUSES(fj_worker_handle(worker, bad(which), &handler, &error));
  handler.run = NULL;
  REFUSES(fj_worker_handle(worker, TEXT("garbled"), &handler, &error));
  handler.run = garbled;
  handler.max_attempts = UINT_MAX;
  REFUSES(fj_worker_handle(worker, TEXT("garbled"), &handler, &error));
  handler.max_attempts = 0;
  handler.stall_action = 77;
  REFUSES(fj_worker_handle(worker, TEXT("garbled"), &handler, &error));
  handler.stall_action = 0;
  double *more[] = {&handler.timeout_seconds, &handler.retry_delay_seconds,
                    &handler.stall_after_seconds};
  for (size_t n = 0; n < sizeof more / sizeof *more; n++) {
    for (size_t t = 0; t < sizeof NO_TIMES / sizeof *NO_TIMES; t++) {
      *more[n] = NO_TIMES[t];
      REFUSES(fj_worker_handle(worker, TEXT("garbled"), &handler, &error));
    }
    *more[n] = 0;
  }
  CHECK(releases == 0); /* what was refused stays the host's */
  OK(fj_worker_handle(worker, TEXT("garbled"), &handler, &error));

  REFUSES(fj_worker_stop(NULL, 0, &error));
  REFUSES(fj_worker_stop(worker, NAN, &error));
  REFUSES(fj_worker_stop(worker, INFINITY, &error));
  REFUSES(fj_worker_wait(NULL, 0, &out, &error));
  REFUSES(fj_worker_wait(worker, 0, NULL, &error));
  for (size_t t = 0; t < sizeof NO_TIMES / sizeof *NO_TIMES; t++)
    REFUSES(fj_worker_wait(worker, NO_TIMES[t], &out, &error));
  REFUSES(fj_worker_start(NULL, &error));
  REFUSES(fj_worker_run(NULL, &out, &error));
  REFUSES(fj_worker_run(worker, NULL, &error));

  fj_string job;
  char id[64];
  OK(fj_client_enqueue(client, TEXT("{\"kind\":\"garbled\"}"), &job, &error));
  member(&job, "job_id", id, sizeof id);
  fj_string_free(&job);
  OK(fj_worker_run(worker, &out, &error));
  fj_string_free(&out);
  fj_worker_free(worker);
  fj_worker_free(NULL);
  CHECK(releases == 1);
  OK(fj_client_get(client, TEXT(id), &job, &error));
  CHECK(contains(&job, "\"status\":\"succeeded\""));
  fj_string_free(&job);
}

static fj_candidates *propose_nothing(void *userdata, fj_str proposal, uint32_t round,
                                      fj_str feedback) {
  (void)userdata, (void)proposal, (void)round, (void)feedback;
  return NULL;
}

static void proposing(void) {
  int releases = 0;
  fj_string out;
  fj_worker *worker = NULL;
  OK(fj_worker_new(client, NULL, &worker, &error));
  fj_candidate_source source;
  memset(&source, 0, sizeof source);
  source.release = released;
  source.userdata = &releases;
  source.name = TEXT("source");
  source.propose = propose_nothing;
  REFUSES(fj_worker_propose(worker, client, &source, &error)); /* no size */
  REFUSES(fj_generate(TEXT("{}"), nothing(), &source, NULL, &out, NULL, &error));
  source.struct_size = sizeof source;
  REFUSES(fj_worker_propose(NULL, client, &source, &error));
  REFUSES(fj_worker_propose(worker, NULL, &source, &error));
  REFUSES(fj_worker_propose(worker, client, NULL, &error));
  source.propose = NULL;
  REFUSES(fj_worker_propose(worker, client, &source, &error));
  source.propose = propose_nothing;
  source.name = nothing();
  REFUSES(fj_worker_propose(worker, client, &source, &error));
  for (int which = 0; which < BAD - 1; which++) { /* the last is text enough for a name */
    source.name = bad(which);
    REFUSES(fj_worker_propose(worker, client, &source, &error));
    REFUSES(fj_generate(TEXT("{}"), nothing(), &source, NULL, &out, NULL, &error));
  }
  CHECK(releases == 0);
  source.name = TEXT("source");
  OK(fj_worker_propose(worker, client, &source, &error));
  fj_worker_free(worker);
  CHECK(releases == 1);
  for (int which = 0; which < BAD; which++) fj_candidates_free(fj_candidates_of(bad(which)));
  fj_candidates_free(fj_candidates_of(nothing()));
  fj_candidates_free(NULL);
}

static void what_cannot_fail(void) {
  fj_client_free(NULL);
  fj_events_free(NULL);
  fj_error_free(NULL);
  fj_string_free(NULL);
  fj_bytes_free(NULL);
  CHECK(fj_error_status(NULL) == FJ_OK);
  CHECK(fj_error_message(NULL).len == 0 && fj_error_message(NULL).data[0] == '\0');
  CHECK(fj_error_field(NULL).data == NULL);
  CHECK(fj_error_cause(NULL, SIZE_MAX).data == NULL);
  CHECK(fj_str_of(NULL).data == NULL);
  CHECK(strcmp(fj_status_code(INT_MIN), "unknown") == 0);
  CHECK(!fj_status_is_retryable(INT_MAX));
  CHECK(fj_abi_version() == FJ_ABI_VERSION && fj_version()[0] != '\0');
  fj_error *error = NULL;
  fj_string out;
  CHECK(fj_client_get(NULL, nothing(), &out, &error) == FJ_INVALID_INPUT);
  CHECK(fj_error_cause(error, SIZE_MAX).data == NULL);
  fj_error_free(error);
}

int main(int argc, char **argv) {
  CHECK(argc == 2);
  client = open_in(argv[1]);
  questions();
  questions_with_text();
  questions_with_ids();
  opening(argv[1]);
  following();
  storing();
  holding();
  working();
  taking_apart();
  attempts_of_nobody();
  workers();
  proposing();
  what_cannot_fail();
  /* The store is as it was. */
  OK(fj_client_check_health(client, &error));
  fj_client_free(client);
  return 0;
}
