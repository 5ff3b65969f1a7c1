/* Which nodes of a pedigree are needed: some, and the parents of those that have no coordinates yet. */
#include "kernels.h"

/*
 * births has two rows of `capacity` parents. Parents have smaller numbers than their children, so one walk down
 * from the last node meets every child before its parents. needed[v] is 1 for the nodes that are asked for, and
 * becomes 1 for the parents of every needed node that is not settled.
 */
EXACTRELU_API void exactrelu_ancestors(const int64_t *births, int64_t capacity, int64_t size,
                                       const uint8_t *settled, uint8_t *needed)
{
    for (int64_t v = size - 1; v >= 0; v--)
        if (needed[v] && !settled[v]) {
            needed[births[v]] = 1;
            needed[births[capacity + v]] = 1;
        }
}
