/* Pieces of one block of memory: laid out twice, first without a start, which only counts. */
#ifndef EXACTRELU_MEMORY_H
#define EXACTRELU_MEMORY_H

#include <stddef.h>

typedef struct {
    char *start; /* or none: then only its size is counted */
    size_t used;
} Memory;

static void *piece(Memory *memory, size_t count, size_t size) {
    char *start = memory->start ? memory->start + memory->used : NULL;
    memory->used += (count * size + 15) / 16 * 16;
    return start;
}

#endif
