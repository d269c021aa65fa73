/* Errs on purpose. run.sh demands that the sanitizers stop it: a build without them would pass
 * every other host, and prove nothing. */
#include "floorjobs.h"

#include <limits.h>
#include <pthread.h>
#include <stdlib.h>
#include <string.h>

static int shared;

static void *write_unlocked(void *unused) {
  for (int n = 0; n < 1000; n++) shared++;
  return unused;
}

int main(int argc, char **argv) {
  if (argc != 2) return 2;
  if (strcmp(argv[1], "address") == 0) {
    char *volatile gone = (char *)malloc(8);
    if (gone == NULL) return 2;
    gone[0] = 1;
    free(gone);
    return gone[0];
  }
  if (strcmp(argv[1], "leak") == 0) {
    char *volatile lost = (char *)malloc(8);
    if (lost == NULL) return 2;
    lost = NULL;
    return lost != NULL;
  }
  /* What the library made is seen as what the host made is: an error that nobody frees, and one that is
   * looked at after it was freed. */
  if (strcmp(argv[1], "lost-error") == 0 || strcmp(argv[1], "freed-error") == 0) {
    fj_error *error = NULL;
    if (fj_client_check_health(NULL, &error) == FJ_OK) return 2;
    fj_str message = fj_error_message(error);
    if (message.data[0] == '\0') return 2;
    if (strcmp(argv[1], "lost-error") == 0) {
      /* What is left of it in a frame or a register would not count as lost. */
      error = NULL;
      message.data = NULL;
      return message.data != NULL;
    }
    fj_error_free(error);
    return message.data[0];
  }
  if (strcmp(argv[1], "race") == 0) {
    pthread_t other;
    if (pthread_create(&other, NULL, write_unlocked, NULL) != 0) return 2;
    write_unlocked(NULL);
    pthread_join(other, NULL);
    return 0;
  }
  volatile int most = INT_MAX;
  most = most + argc;
  return most > 0;
}
