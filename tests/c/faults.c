/* Errs on purpose. run.sh demands that the sanitizers stop it: a build without them would pass
 * every other host, and prove nothing. */
#include "check.h"

#include <limits.h>
#include <string.h>

int main(int argc, char **argv) {
  CHECK(argc == 2);
  if (strcmp(argv[1], "address") == 0) {
    char *volatile gone = (char *)malloc(8);
    CHECK(gone != NULL);
    gone[0] = 1;
    free(gone);
    return gone[0];
  }
  if (strcmp(argv[1], "leak") == 0) {
    char *volatile lost = (char *)malloc(8);
    CHECK(lost != NULL);
    lost = NULL;
    return lost != NULL;
  }
  volatile int most = INT_MAX;
  most = most + argc;
  return most > 0;
}
