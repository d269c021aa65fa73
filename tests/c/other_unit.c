/* A second translation unit with the header in it: nothing in it may be defined twice. */
#include "floorjobs.h"
#include "floorjobs.h"

#ifdef __cplusplus
extern "C"
#endif
uint32_t abi_seen_by_other_unit(void);

uint32_t abi_seen_by_other_unit(void) { return FJ_ABI_VERSION; }
