/* A host of the library, built as C11 and as C++17: versions and status codes. */
#include "floorjobs.h"
#include "floorjobs.h" /* twice, as two headers of a host may */

#include "check.h"

#include <string.h>

#ifdef __cplusplus
extern "C"
#endif
uint32_t abi_seen_by_other_unit(void);

static void versions_fit(const char *expected) {
  CHECK(fj_abi_version() == FJ_ABI_VERSION);
  CHECK(abi_seen_by_other_unit() == FJ_ABI_VERSION);
  CHECK(strcmp(fj_version(), expected) == 0);
}

static void every_status_has_its_own_code(void) {
  CHECK(strcmp(fj_status_code(FJ_OK), "ok") == 0);
  CHECK(strcmp(fj_status_code(FJ_NOT_FOUND), "not_found") == 0);
  CHECK(strcmp(fj_status_code(FJ_PASSWORD_REQUIRED), "password_required") == 0);
  CHECK(strcmp(fj_status_code(FJ_INTERNAL), "internal") == 0);
  for (int a = FJ_OK; a <= FJ_INTERNAL; a++) {
    CHECK(strcmp(fj_status_code(a), "unknown") != 0);
    for (int b = FJ_OK; b < a; b++) CHECK(strcmp(fj_status_code(a), fj_status_code(b)) != 0);
  }
  CHECK(strcmp(fj_status_code(FJ_INTERNAL + 1), "unknown") == 0);
  CHECK(strcmp(fj_status_code(-1), "unknown") == 0);
}

static void retrying_helps_where_it_can(void) {
  CHECK(fj_status_is_retryable(FJ_UNAVAILABLE));
  CHECK(!fj_status_is_retryable(FJ_INVALID_PDF));
  CHECK(!fj_status_is_retryable(FJ_OK));
  CHECK(!fj_status_is_retryable(-1));
}

int main(int argc, char **argv) {
  CHECK(argc == 2);
  versions_fit(argv[1]);
  every_status_has_its_own_code();
  retrying_helps_where_it_can();
  return 0;
}
