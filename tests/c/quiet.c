/* What the library does to its host's process: the client starts no thread, nothing changes what the
 * host does on a signal unless it asks for that, and no thread of the library takes one. */
#include "check.h"

#include <dirent.h>
#include <dlfcn.h>
#include <pthread.h>
#include <signal.h>
#include <unistd.h>

static int started;

/* In the place of the system's, for the library too: no thread is too short-lived to be counted. */
int pthread_create(pthread_t *thread, const pthread_attr_t *how, void *(*run)(void *), void *with) {
  int (*real)(pthread_t *, const pthread_attr_t *, void *(*)(void *), void *);
  *(void **)&real = dlsym(RTLD_NEXT, "pthread_create");
  CHECK(real != NULL);
  (void)__atomic_add_fetch(&started, 1, __ATOMIC_SEQ_CST);
  return real(thread, how, run, with);
}

static int threads_started(void) { return __atomic_load_n(&started, __ATOMIC_SEQ_CST); }

/* What happens on each signal. */
struct dispositions {
  void (*handler[NSIG])(int);
};

static struct dispositions dispositions(void) {
  struct dispositions all;
  memset(&all, 0, sizeof all);
  for (int number = 1; number < NSIG; number++) {
    struct sigaction action;
    if (sigaction(number, NULL, &action) == 0) all.handler[number] = action.sa_handler;
  }
  return all;
}

static int same(const struct dispositions *before) {
  struct dispositions now = dispositions();
  return memcmp(&now, before, sizeof now) == 0;
}

/* Blocked, these would kill or mislead: faults of a thread itself, and the timer of profilers. */
static int is_left_open(int number) {
  const int open[] = {SIGSEGV, SIGBUS, SIGFPE, SIGILL, SIGTRAP, SIGSYS, SIGABRT, SIGPROF, SIGKILL, SIGSTOP};
  for (size_t n = 0; n < sizeof open / sizeof *open; n++)
    if (number == open[n]) return 1;
  return 0;
}

/* Which signals a thread blocks, as a set of bits; says whether the thread was still there. */
static int blocked_by(const char *thread, unsigned long long *set) {
  char path[300], line[256];
  int found = 0;
  snprintf(path, sizeof path, "/proc/self/task/%s/status", thread);
  FILE *status = fopen(path, "r");
  if (status == NULL) return 0;
  while (!found && fgets(line, sizeof line, status) != NULL)
    found = sscanf(line, "SigBlk: %llx", set) == 1;
  fclose(status);
  return found;
}

/* The threads beside the host's own one; each of them blocks every signal. */
static int others_block_everything(void) {
  int others = 0;
  DIR *all = opendir("/proc/self/task");
  CHECK(all != NULL);
  for (struct dirent *entry; (entry = readdir(all)) != NULL;) {
    if (entry->d_name[0] == '.' || atoi(entry->d_name) == getpid()) continue;
    unsigned long long set;
    if (!blocked_by(entry->d_name, &set)) continue;
    others++;
    for (int number = 1; number <= SIGSYS; number++) {
      int is_blocked = (int)(set >> (number - 1) & 1);
      if (!is_blocked && !is_left_open(number)) {
        fprintf(stderr, "thread %s takes signal %d\n", entry->d_name, number);
        exit(1);
      }
    }
  }
  closedir(all);
  return others;
}

static void free_both(fj_string *one, fj_string *other) {
  fj_string_free(one);
  fj_string_free(other);
}

static void client_is_quiet(const char *folder, const char *plan) {
  struct dispositions before = dispositions();
  fj_client *client = open_in(folder);
  fj_string told, csv;
  char id[64], path[1024];
  OK(fj_client_enqueue(client, TEXT("{\"kind\":\"k\"}"), &told, &error));
  member(&told, "job_id", id, sizeof id);
  fj_string_free(&told);
  OK(fj_client_enqueue_many(client, TEXT("[{\"kind\":\"a\"},{\"kind\":\"b\",\"after\":[0]}]"), &told, &error));
  fj_string_free(&told);
  OK(fj_client_get(client, TEXT(id), &told, &error));
  fj_string_free(&told);
  FAILS(FJ_TIMEOUT, fj_client_wait(client, TEXT(id), 0.05, &told, &error));
  fj_events *events;
  OK(fj_client_events(client, TEXT(id), &events, &error));
  OK(fj_events_next(events, 1, &told, &error));
  fj_string_free(&told);
  FAILS(FJ_TIMEOUT, fj_events_next(events, 0.05, &told, &error));
  fj_events_free(events);
  OK(fj_client_hold(client, TEXT(id), &told, &error));
  fj_string_free(&told);
  OK(fj_client_complete(client, TEXT(id), nothing(), &told, &error));
  fj_string_free(&told);
  OK(fj_client_list(client, nothing(), &told, &error));
  fj_string_free(&told);
  OK(fj_client_stats(client, &told, &error));
  fj_string_free(&told);
  OK(fj_client_metrics(client, &told, &error));
  fj_string_free(&told);
  OK(fj_client_doctor(client, &told, &error));
  fj_string_free(&told);
  OK(fj_client_check_integrity(client, 1, &told, &error));
  fj_string_free(&told);
  snprintf(path, sizeof path, "%s/copy.db", folder);
  OK(fj_client_backup(client, TEXT(path), 0, &told, &error));
  fj_string_free(&told);
  OK(fj_client_materials_csv(client, &csv, &error));
  OK(fj_client_import_materials(client, TEXT("m"), fj_str_of(csv.data), TEXT("replace"), &told, &error));
  free_both(&told, &csv);
  OK(fj_client_ingest_file(client, TEXT(plan), nothing(), &told, &error));
  member(&told, "job_id", id, sizeof id);
  fj_string_free(&told);
  /* Reading the plan happens on this thread, too. */
  OK(fj_client_run_here(client, TEXT(id), NULL, &told, &error));
  CHECK(contains(&told, "\"status\":\"succeeded\""));
  fj_string_free(&told);
  OK(fj_client_sweep(client, &told, &error));
  fj_string_free(&told);
  fj_client_free(client);
  CHECK(threads_started() == 0);
  CHECK(same(&before));
}

/* Asked while a layout is searched for, on this thread or on one of those that search. */
static int look_at_threads(void *most) {
  int others = others_block_everything();
  if (others > *(int *)most) *(int *)most = others;
  return 0;
}

/* Several threads look for a layout where there are several cores; none outlives the call. */
static void searching_takes_no_signal(void) {
  int most = 0;
  fj_watch watch;
  memset(&watch, 0, sizeof watch);
  watch.struct_size = sizeof watch;
  watch.userdata = &most;
  watch.is_cancelled = look_at_threads;
  fj_string design;
  OK(fj_generate(TEXT("{\"program\":{\"prompt\":\"6 offices and a meeting room\"},\"solver\":{\"seed\":1},"
                      "\"site\":{\"perimeter_mm\":[[0,0],[15000,0],[15000,9000],[0,9000]]}}"),
                 nothing(), NULL, &watch, &design, NULL, &error));
  fj_string_free(&design);
  CHECK(sysconf(_SC_NPROCESSORS_ONLN) < 2 || most > 0);
  CHECK(others_block_everything() == 0);
}

static int seen;

static fj_outcome *look(void *unused, const fj_attempt *attempt) {
  (void)unused, (void)attempt;
  __atomic_store_n(&seen, others_block_everything(), __ATOMIC_SEQ_CST);
  return fj_outcome_complete(nothing(), nothing());
}

static void hear(void *unused, fj_str event, fj_str log_line) { (void)unused, (void)event, (void)log_line; }

static fj_worker *worker_of(const fj_client *client, int handle_signals) {
  fj_worker_options options;
  memset(&options, 0, sizeof options);
  options.struct_size = sizeof options;
  options.concurrency = 2;
  options.drain = 1;
  options.on_event = hear;
  options.handle_signals = handle_signals;
  fj_worker *worker;
  OK(fj_worker_new(client, &options, &worker, &error));
  fj_handler handler;
  memset(&handler, 0, sizeof handler);
  handler.struct_size = sizeof handler;
  handler.run = look;
  OK(fj_worker_handle(worker, TEXT("look"), &handler, &error));
  return worker;
}

static void worker_takes_no_signal(const char *folder) {
  struct dispositions before = dispositions();
  fj_client *client = open_in(folder);
  fj_string told;
  for (int runs_here = 0; runs_here < 2; runs_here++) {
    OK(fj_client_enqueue(client, TEXT("{\"kind\":\"look\"}"), &told, &error));
    fj_string_free(&told);
    fj_worker *worker = worker_of(client, 0);
    int so_far = threads_started();
    seen = 0;
    if (runs_here) {
      OK(fj_worker_run(worker, &told, &error));
    } else {
      OK(fj_worker_start(worker, &error));
      OK(fj_worker_wait(worker, 60, &told, &error));
    }
    CHECK(contains(&told, "\"reason\":\"drained\""));
    fj_string_free(&told);
    fj_worker_free(worker);
    CHECK(seen > 1); /* a slot and the heart at least */
    CHECK(threads_started() > so_far + 1);
    CHECK(same(&before));
  }
  /* What asks for it gets it; so the checks above could have failed. */
  fj_worker *worker = worker_of(client, 1);
  OK(fj_worker_run(worker, &told, &error));
  fj_string_free(&told);
  fj_worker_free(worker);
  struct dispositions after = dispositions();
  CHECK(after.handler[SIGTERM] != before.handler[SIGTERM] && after.handler[SIGINT] != before.handler[SIGINT]);
  CHECK(after.handler[SIGPIPE] == before.handler[SIGPIPE]);
  fj_client_free(client);
}

int main(int argc, char **argv) {
  CHECK(argc == 3);
  client_is_quiet(argv[1], argv[2]);
  searching_takes_no_signal();
  worker_takes_no_signal(argv[1]);
  return 0;
}
