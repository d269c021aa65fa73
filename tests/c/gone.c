/* A host whose servers go away: it stores a job for each line that it is given, and says what came of it.
 * Writing to a peer that is gone must not send it SIGPIPE, which would end it. */
#include "check.h"

#include <signal.h>

int main(void) {
  signal(SIGPIPE, SIG_DFL);
  fj_string migrated;
  OK(fj_migrate(nothing(), &migrated, &error));
  fj_string_free(&migrated);
  fj_client *client = NULL;
  OK(fj_client_open(NULL, &client, &error));
  char line[16];
  do {
    fj_string job;
    fj_status status = fj_client_enqueue(client, TEXT("{\"kind\":\"k\"}"), &job, NULL);
    fj_string_free(&job);
    printf("%s\n", fj_status_code(status));
    fflush(stdout);
  } while (fgets(line, sizeof line, stdin) != NULL);
  struct sigaction on_pipe;
  CHECK(sigaction(SIGPIPE, NULL, &on_pipe) == 0 && on_pipe.sa_handler == SIG_DFL);
  fj_client_free(client);
  return 0;
}
