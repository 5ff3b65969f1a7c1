/*
 * The rows of a case tree, exactly: the pre-activations of a layer on the cells with one prefix of bits.
 *
 * Of layer k there are integer rows (a, c) over one scale; they are composed of those of the layer before, and are
 * right where the caller has bounded them by the length of a row's integers. A row without common divisor, which is
 * what multipliers refer to, is made when a proof wants it.
 */
#ifndef EXACTRELU_PROOF_ROWS_H
#define EXACTRELU_PROOF_ROWS_H

#include <stdlib.h>

#include "wide_integers.h"

/* What does not change: layers k = 0, 1, ... up to the last whose neurons are decided. */
typedef struct {
    int64_t inputs, depth, limbs;
    int64_t small;            /* whether weights have one limb, else `limbs` */
    const int64_t *widths;    /* of each layer */
    const int64_t *bent;      /* how many of them have a bit */
    const int32_t *numbers;   /* which, layer after layer */
    const limb *weights;      /* numerators, row by row, the bias last, layer after layer */
    const limb *scales;       /* of each layer but the first: what its biases are multiplied by */
    double half_logarithm;    /* half the logarithm of a row's entries, rounded up */
    const int64_t *slopes;    /* below and above zero, of each neuron of each layer, over one denominator in a layer */
} Layers;

/* One layer for a prefix of bits. */
typedef struct {
    limb *rows;       /* of all neurons */
    limb *primitive;  /* of those with a bit */
    double *doubles;  /* the same, times a power of two, entries at most 1 */
    double *logarithm; /* of the primitive row's length, or -1 while that row is not made */
    uint8_t *zero;    /* whether the row is zero */
    int64_t first;    /* its first neuron with a bit, among those of all layers */
} Layer;

static int64_t width_of_row(const Layers *net) { return net->inputs + 1; }

static const limb *weight_at(const Layers *net, int64_t layer) {
    const limb *at = net->weights;
    for (int64_t k = 0; k < layer; k++) at += net->widths[k] * ((k ? net->widths[k - 1] : net->inputs) + 1) * (net->small ? 1 : net->limbs);
    return at;
}

/* target += weight times row */
INLINED void add_row_product(int limbs, int small, int64_t entries, limb *target, const limb *row, const limb *weight) {
    for (int64_t j = 0; j < entries; j++) {
        if (small)
            add_small_product(limbs, target + j * limbs, row + j * limbs, (int64_t)*weight);
        else
            add_product(limbs, target + j * limbs, row + j * limbs, weight);
    }
}

/* The rows of z, the values of the layer before, that are not zero; `active` numbers them. */
INLINED int64_t values_of(int limbs, const Layers *net, int64_t layer, const Layer *before, const uint8_t *bits, limb *values, int32_t *active) {
    const int64_t entries = width_of_row(net), width = net->widths[layer];
    const int64_t *slope = net->slopes;
    int64_t count = 0, place = 0;
    for (int64_t k = 0; k < layer; k++) slope += 2 * net->widths[k];
    for (int64_t i = 0; i < width; i++) {
        const int bent = place < net->bent[layer] && net->numbers[before->first + place] == i;
        const int64_t factor = slope[2 * i + (bent ? bits[before->first + place] : 0)];
        place += bent;
        if (!factor) continue;
        limb *value = values + count * entries * limbs;
        const limb *row = before->rows + i * entries * limbs;
        if (factor == 1)
            memcpy(value, row, (size_t)(entries * limbs) * sizeof(limb));
        else {
            memset(value, 0, (size_t)(entries * limbs) * sizeof(limb));
            for (int64_t j = 0; j < entries; j++) add_small_product(limbs, value + j * limbs, row + j * limbs, factor);
        }
        active[count++] = (int32_t)i;
    }
    return count;
}

/* The rows of a layer after the first, composed of those of the one before. */
INLINED void compose(int limbs, const Layers *net, int64_t layer, const Layer *before, Layer *own, const uint8_t *bits, limb *values, int32_t *active) {
    const int64_t entries = width_of_row(net), width = net->widths[layer - 1], step = net->small ? 1 : limbs;
    const int64_t count = values_of(limbs, net, layer - 1, before, bits, values, active);
    const limb *weights = weight_at(net, layer), *scale = net->scales + (layer - 1) * limbs;
    for (int64_t i = 0; i < net->widths[layer]; i++, weights += (width + 1) * step) {
        limb *row = own->rows + i * entries * limbs;
        memset(row, 0, (size_t)(entries * limbs) * sizeof(limb));
        for (int64_t v = 0; v < count; v++)
            add_row_product(limbs, net->small != 0, entries, row, values + v * entries * limbs, weights + active[v] * step);
        add_row_product(limbs, net->small != 0, 1, row + net->inputs * limbs, scale, weights + width * step);
    }
}

static void first_rows(const Layers *net, Layer *own) {
    const int limbs = (int)net->limbs;
    for (int64_t i = 0; i < net->widths[0] * width_of_row(net); i++)
        set_wide(limbs, own->rows + i * limbs, net->small ? 1 : limbs, net->weights + i * (net->small ? 1 : limbs));
}

/* Doubles of an exact row: each is off by a factor 1 + x, |x| <= 1.01 2^-53, or less than 2^-1070. */
static int scaled_row(int limbs, int64_t entries, const limb *row, double *doubles) {
    int largest = 0, any = 0, exponent, binary;
    for (int64_t j = 0; j < entries; j++) {
        doubles[j] = rounded(limbs, row + j * limbs, &exponent);
        if (doubles[j] == 0.0) continue;
        frexp(doubles[j], &binary);
        if (!any || binary + exponent > largest) largest = binary + exponent;
        any = 1;
    }
    const double factor = ldexp(1.0, -largest);
    for (int64_t j = 0; j < entries && any; j++) {
        if (limbs <= 2)
            doubles[j] *= factor; /* largest <= 128 */
        else {
            const double size = rounded(limbs, row + j * limbs, &exponent);
            doubles[j] = ldexp(size, exponent - largest);
        }
    }
    return any;
}

/* Take in a layer: its rows are those for the bits before it. `values` and `active` are room to work in. */
static void take_layer(const Layers *net, int64_t layer, const Layer *before, Layer *own, const uint8_t *bits, limb *values, int32_t *active) {
    const int64_t entries = width_of_row(net);
    const int limbs = (int)net->limbs;
    if (!layer)
        first_rows(net, own);
    else if (limbs == 1)
        compose(1, net, layer, before, own, bits, values, active);
    else if (limbs == 2)
        compose(2, net, layer, before, own, bits, values, active);
    else
        compose(limbs, net, layer, before, own, bits, values, active);
    for (int64_t i = 0; i < net->bent[layer]; i++) {
        const limb *row = own->rows + net->numbers[own->first + i] * entries * limbs;
        own->zero[i] = !scaled_row(limbs, entries, row, own->doubles + i * entries);
        own->logarithm[i] = -1.0;
    }
}

/* How many bits an integer's size has. */
static int bits_of_wide(int limbs, const limb *a) {
    const limb sign = is_negative(limbs, a) ? ~(limb)0 : 0;
    while (limbs > 1 && a[limbs - 1] == sign) limbs--;
    const limb high = a[limbs - 1] ^ sign;
    return 64 * (limbs - 1) + (high ? 64 - __builtin_clzll(high) : 0) + 1;
}

/* The logarithm of a bound on a row's length, at least 0. */
static double logarithm_of(int limbs, int64_t entries, const limb *row, double half_logarithm) {
    int largest = 0;
    for (int64_t j = 0; j < entries; j++) {
        const int here = bits_of_wide(limbs, row + j * limbs);
        if (here > largest) largest = here;
    }
    return largest + half_logarithm;
}

/* Make the primitive row of a neuron with a bit, if it is not there, and return it. */
static const limb *primitive_row(const Layers *net, Layer *own, int64_t neuron) {
    const int limbs = (int)net->limbs;
    const int64_t entries = width_of_row(net);
    limb *row = own->primitive + neuron * entries * limbs, divisor[MOST_LIMBS] = {0};
    if (own->logarithm[neuron] >= 0.0) return row;
    memcpy(row, own->rows + net->numbers[own->first + neuron] * entries * limbs, (size_t)(entries * limbs) * sizeof(limb));
    for (int64_t j = 0; j < entries && !(divisor[0] == 1 && is_zero(limbs - 1, divisor + 1)); j++) take_divisor(limbs, divisor, row + j * limbs);
    if (!is_zero(limbs, divisor) && !(divisor[0] == 1 && length_of(limbs, divisor) == 1)) {
        Divisor by;
        prepare(limbs, &by, divisor);
        for (int64_t j = 0; j < entries; j++) divide_exactly(limbs, row + j * limbs, &by);
    }
    own->logarithm[neuron] = logarithm_of(limbs, entries, row, net->half_logarithm);
    return row;
}

#endif
