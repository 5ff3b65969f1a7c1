/*
 * Cells of any dimension split at one neuron: the crossing edges, cell by cell, each cut once.
 *
 * The plain version is `Incidences` in exactrelu/enumeration/generator_engine/incidences.py; the tests on
 * masks of tight rows are explained in crossing_edges.py there. All is combinatorial: signs and masks come in,
 * lists of vertices go out, and no number is rounded.
 */

#include "kernels.h"

#include <stdlib.h>

enum { FULL, HALF_OPEN, CLOSED }; /* readings */
enum { BELOW, FACE, WHOLE_FACE }; /* what a new cell is of its parent */
enum { DONE, NO_MEMORY, MORE_POOL, MORE_CELLS, MORE_BIRTHS, MORE_SLOTS, MORE_EDGES };

/* What is known, what is written, and how much room there is; `Split` in split_cells.py says the same. */
typedef struct {
    const int8_t *sign;      /* of the neuron at each vertex */
    const uint64_t *mask;    /* the rows that are tight at each vertex, `words` for each */
    const int32_t *tight;    /* how many these are */
    const uint64_t *strict;  /* the strict rows of each cell, `words` for each */
    const uint64_t *summary; /* of each cell, see exactrelu_summarize, 3 * `width` words */
    int32_t *pool;           /* vertices of cells, side by side */
    int64_t *start;          /* where those of a cell begin, */
    int32_t *length;         /* and how many there are */
    uint8_t *changed;        /* 1 for cells that were cut */
    int32_t *parent;         /* of each new cell, */
    int8_t *kind;            /* and what it is of it */
    int32_t *born_above;     /* the ends of the edges that are cut */
    int32_t *born_below;
    int32_t *slot;           /* a hash table of births, 1 more than their numbers */
    int64_t vertices, words, rank, reading;
    int64_t width, word, bit; /* where the neuron's bit is in a summary */
    int64_t pool_used, pool_room, waste;
    int64_t old_cells, cells, cell_room, next;
    int64_t births, birth_room, slots, fresh_slots, edge_room;
} split;

typedef struct {
    int32_t *above, *below, *zero; /* the vertices of a cell by their signs */
    int32_t *place;                /* of some in `below` */
    uint64_t *mask;                /* those of `below`, word by word */
    int32_t *cut;                  /* the new vertices of a cell */
    int64_t above_size, below_size, zero_size, cut_size;
} scratch;

static inline int ones(uint64_t x)
{
    x -= (x >> 1) & 0x5555555555555555u;
    x = (x & 0x3333333333333333u) + ((x >> 2) & 0x3333333333333333u);
    x = (x + (x >> 4)) & 0x0f0f0f0f0f0f0f0fu;
    return (int)((x * 0x0101010101010101u) >> 56);
}

/* Whether only p and q of the cell have all common rows tight; they both have. */
static inline int no_third(const split *s, const int32_t *member, int64_t size, const uint64_t *p,
                           const uint64_t *q, int64_t words)
{
    int found = 0;
    for (int64_t i = 0; i < size; i++) {
        const uint64_t *m = s->mask + (int64_t)member[i] * words;
        uint64_t missing = 0;
        for (int64_t w = 0; w < words; w++)
            missing |= p[w] & q[w] & ~m[w];
        if (!missing && ++found > 2)
            return 0;
    }
    return 1;
}

/* Whether x has at most one bit. */
static inline int at_most_one(const uint64_t *x, const uint64_t *without, int64_t words)
{
    uint64_t seen = 0, more = 0;
    for (int64_t w = 0; w < words; w++) {
        uint64_t only = x[w] & ~without[w];
        more |= only & (only - (seen == 0));
        seen |= only;
    }
    return more == 0;
}

static inline uint64_t scattered(uint64_t key)
{
    key *= 0x9e3779b97f4a7c15u;
    return key ^ (key >> 29);
}

/* The number of the birth on the edge from p to q, which is made if there is none. */
static inline int32_t birth_of(split *s, int32_t p, int32_t q)
{
    uint64_t slots = (uint64_t)s->slots - 1;
    uint64_t at = scattered(((uint64_t)(uint32_t)p << 32) | (uint32_t)q) & slots;
    while (s->slot[at]) {
        int32_t k = s->slot[at] - 1;
        if (s->born_above[k] == p && s->born_below[k] == q)
            return k;
        at = (at + 1) & slots;
    }
    int32_t k = (int32_t)s->births++;
    s->slot[at] = k + 1;
    s->born_above[k] = p;
    s->born_below[k] = q;
    return k;
}

/* Room for more edges of this cell: births and slots. */
static inline int has_room(const split *s)
{
    if (s->births >= s->birth_room)
        return MORE_BIRTHS;
    return 2 * s->births >= s->slots ? MORE_SLOTS : DONE;
}

/*
 * The vertices below, by their places, that share all rows but one with a simple vertex p, or all: no branch in the
 * loop, and one place more than there are is written to.
 */
static inline int64_t beside_simple(const uint64_t *p, const uint64_t *mask, int64_t size, int64_t words,
                                    int32_t *place)
{
    int64_t found = 0;
    for (int64_t j = 0; j < size; j++) {
        place[found] = (int32_t)j;
        found += at_most_one(p, mask + j * words, words);
    }
    return found;
}

/* The same for any vertex p. */
static int64_t beside_any(const split *s, const scratch *t, int32_t p, const int32_t *member, int64_t size,
                          int64_t words)
{
    const uint64_t *m = s->mask + (int64_t)p * words;
    int64_t found = 0;
    for (int64_t j = 0; j < t->below_size; j++) {
        const uint64_t *other = t->mask + j * words;
        int is_edge;
        if (s->tight[t->below[j]] == s->rank) {
            is_edge = at_most_one(other, m, words);
        } else {
            int64_t common = 0;
            for (int64_t w = 0; w < words; w++)
                common += ones(m[w] & other[w]);
            is_edge = common >= s->rank - 1 && no_third(s, member, size, m, other, words);
        }
        t->place[found] = (int32_t)j;
        found += is_edge;
    }
    return found;
}

static inline int edges_of(split *s, scratch *t, const int32_t *member, int64_t size, int64_t words)
{
    t->cut_size = 0;
    for (int64_t j = 0; j < t->below_size; j++)
        for (int64_t w = 0; w < words; w++)
            t->mask[j * words + w] = s->mask[(int64_t)t->below[j] * words + w];
    for (int64_t i = 0; i < t->above_size; i++) {
        int32_t p = t->above[i];
        const uint64_t *m = s->mask + (int64_t)p * words;
        int64_t found = s->tight[p] == s->rank ? beside_simple(m, t->mask, t->below_size, words, t->place)
                                               : beside_any(s, t, p, member, size, words);
        for (int64_t k = 0; k < found; k++) {
            int status = has_room(s);
            if (status)
                return status;
            if (t->cut_size >= s->edge_room)
                return MORE_EDGES;
            t->cut[t->cut_size++] = (int32_t)s->vertices + birth_of(s, p, t->below[t->place[k]]);
        }
    }
    return DONE;
}

static inline void sort_by_sign(const split *s, scratch *t, const int32_t *member, int64_t size)
{
    int64_t a = 0, b = 0, z = 0;
    for (int64_t i = 0; i < size; i++) {
        int32_t v = member[i];
        int8_t sign = s->sign[v];
        t->above[a] = v;
        t->below[b] = v;
        t->zero[z] = v;
        a += sign > 0;
        b += sign < 0;
        z += sign == 0;
    }
    t->above_size = a;
    t->below_size = b;
    t->zero_size = z;
}

static int32_t *copied(int32_t *to, const int32_t *from, int64_t size)
{
    for (int64_t i = 0; i < size; i++)
        to[i] = from[i];
    return to + size;
}

static inline void append_cell(split *s, int64_t parent, int64_t kind, int64_t size)
{
    s->start[s->cells] = s->pool_used;
    s->length[s->cells] = (int32_t)size;
    s->parent[s->cells - s->old_cells] = (int32_t)parent;
    s->kind[s->cells - s->old_cells] = (int8_t)kind;
    s->cells++;
    s->pool_used += size;
}

/* The part of a cell that is not below takes its place, or a new one where it has become longer. */
static int cut_cell(split *s, scratch *t, int64_t cell, int64_t words)
{
    int64_t size = s->length[cell];
    int32_t *member = s->pool + s->start[cell];
    sort_by_sign(s, t, member, size);
    int status = edges_of(s, t, member, size, words);
    if (status)
        return status;
    int64_t upper = t->above_size + t->zero_size + t->cut_size;
    int64_t lower = t->below_size + t->zero_size + t->cut_size;
    if (s->pool_used + upper + lower > s->pool_room)
        return MORE_POOL;
    if (s->cells >= s->cell_room)
        return MORE_CELLS;
    if (upper > size) {
        s->waste += size;
        s->start[cell] = s->pool_used;
        s->pool_used += upper;
    } else
        s->waste += size - upper;
    s->length[cell] = (int32_t)upper;
    int32_t *to = copied(s->pool + s->start[cell], t->above, t->above_size);
    copied(copied(to, t->zero, t->zero_size), t->cut, t->cut_size);
    to = copied(s->pool + s->pool_used, t->below, t->below_size);
    copied(copied(to, t->zero, t->zero_size), t->cut, t->cut_size);
    append_cell(s, cell, BELOW, lower);
    return DONE;
}

/* The face {y = 0} of a cell becomes a cell if no strict row vanishes on all of it. */
static int face_of(split *s, int64_t cell, int whole)
{
    int64_t size = s->length[cell], faces = 0, words = s->words;
    const int32_t *member = s->pool + s->start[cell];
    for (int64_t i = 0; i < size; i++)
        faces += s->sign[member[i]] == 0;
    if (!faces)
        return DONE;
    if (s->pool_used + faces > s->pool_room)
        return MORE_POOL;
    if (s->cells >= s->cell_room)
        return MORE_CELLS;
    for (int64_t w = 0; w < words; w++) {
        uint64_t common = s->strict[cell * words + w];
        for (int64_t i = 0; i < size && common; i++)
            if (s->sign[member[i]] == 0)
                common &= s->mask[(int64_t)member[i] * words + w];
        if (common)
            return DONE;
    }
    int32_t *to = s->pool + s->pool_used;
    for (int64_t i = 0; i < size; i++)
        if (s->sign[member[i]] == 0)
            *to++ = member[i];
    append_cell(s, cell, whole ? WHOLE_FACE : FACE, faces);
    return DONE;
}

static int split_cell(split *s, scratch *t, int64_t cell)
{
    const uint64_t *summary = s->summary + cell * 3 * s->width;
    int above = (summary[s->word] >> s->bit) & 1;
    int below = (summary[s->width + s->word] >> s->bit) & 1;
    int zero = (summary[2 * s->width + s->word] >> s->bit) & 1;
    if (above && below) {
        s->changed[cell] = 1;
        switch (s->words) {
        case 1:
            return cut_cell(s, t, cell, 1);
        case 2:
            return cut_cell(s, t, cell, 2);
        default:
            return cut_cell(s, t, cell, s->words);
        }
    }
    if (zero && (s->reading == CLOSED || (s->reading == HALF_OPEN && above)))
        return face_of(s, cell, !above && !below);
    return DONE;
}

static void fill_slots(split *s)
{
    uint64_t slots = (uint64_t)s->slots - 1;
    for (int64_t k = 0; k < s->births; k++) {
        uint64_t key = ((uint64_t)(uint32_t)s->born_above[k] << 32) | (uint32_t)s->born_below[k];
        uint64_t at = scattered(key) & slots;
        while (s->slot[at])
            at = (at + 1) & slots;
        s->slot[at] = (int32_t)k + 1;
    }
}

static int has_memory(const scratch *t)
{
    return t->above && t->below && t->zero && t->place && t->mask && t->cut;
}

/* Split all cells from s->next on; anything but DONE asks for room, and for a call with the same again.
 * The slots are to be empty then, where there are more of them than before.
 */
EXACTRELU_API int64_t exactrelu_split_cells(split *s)
{
    int64_t longest = 1;
    for (int64_t c = s->next; c < s->old_cells; c++)
        if (s->length[c] > longest)
            longest = s->length[c];
    size_t n = (size_t)longest + 1; /* one more is written to */
    scratch t = {malloc(n * 4), malloc(n * 4), malloc(n * 4), malloc(n * 4), malloc(n * 8 * (size_t)s->words),
                 malloc(4 * (size_t)s->edge_room), 0, 0, 0, 0};
    int status = has_memory(&t) ? DONE : NO_MEMORY;
    if (!status && s->fresh_slots) {
        fill_slots(s);
        s->fresh_slots = 0;
    }
    while (!status && s->next < s->old_cells) {
        status = split_cell(s, &t, s->next);
        if (!status)
            s->next++;
    }
    free(t.above);
    free(t.below);
    free(t.zero);
    free(t.place);
    free(t.mask);
    free(t.cut);
    return status;
}

/* Which neurons are positive, negative and zero somewhere on a cell: bits, for each cell listed. */
EXACTRELU_API void exactrelu_summarize(const int32_t *pool, const int64_t *start, const int32_t *length,
                                       const uint64_t *sides, uint64_t *summary, int64_t width,
                                       const int64_t *cells, int64_t size)
{
    for (int64_t k = 0; k < size; k++) {
        uint64_t *to = summary + cells[k] * 3 * width;
        const int32_t *member = pool + start[cells[k]];
        int64_t members = length[cells[k]];
        for (int64_t w = 0; w < width; w++) {
            uint64_t above = 0, below = 0, zero = 0;
            for (int64_t i = 0; i < members; i++) {
                const uint64_t *v = sides + (int64_t)member[i] * 2 * width + w;
                above |= v[0];
                below |= v[width];
                zero |= ~(v[0] | v[width]);
            }
            to[w] = above;
            to[width + w] = below;
            to[2 * width + w] = zero;
        }
    }
}

/* Cells that are finished but for at most one cut are counted with it, and left without bits in the summary:
 * where `pending` has the neurons that are not decided, one of them at most has both signs and, if faces are
 * cells, none is zero anywhere. Returns how many they become; `*finished` is how many there were.
 */
EXACTRELU_API int64_t exactrelu_count_finished(uint64_t *summary, int64_t width, const uint64_t *pending,
                                               int64_t faces, const int64_t *cells, int64_t size,
                                               int64_t *finished)
{
    int64_t count = 0;
    *finished = 0;
    for (int64_t k = 0; k < size; k++) {
        uint64_t *own = summary + cells[k] * 3 * width;
        int cuts = 0;
        uint64_t touched = 0;
        for (int64_t w = 0; w < width; w++) {
            cuts += ones(own[w] & own[width + w] & pending[w]);
            touched |= own[2 * width + w] & pending[w];
        }
        if (cuts > 1 || (faces && touched))
            continue;
        count += 1 + cuts;
        ++*finished;
        for (int64_t w = 0; w < 3 * width; w++)
            own[w] = 0;
    }
    return count;
}
