/*
 * The sums of a certificate's lines: each line ends with the first hexadecimal digits of the SHA-256 of the sum before
 * and the line. SHA-256 as FIPS 180-4 defines it.
 */
#include <string.h>

#include "kernels.h"

enum { SUM = 16, BLOCK = 64, ENDING = 8 + SUM + 3 };

static const uint32_t ROUND[64] = {
    0x428a2f98, 0x71374491, 0xb5c0fbcf, 0xe9b5dba5, 0x3956c25b, 0x59f111f1, 0x923f82a4, 0xab1c5ed5, 0xd807aa98, 0x12835b01, 0x243185be,
    0x550c7dc3, 0x72be5d74, 0x80deb1fe, 0x9bdc06a7, 0xc19bf174, 0xe49b69c1, 0xefbe4786, 0x0fc19dc6, 0x240ca1cc, 0x2de92c6f, 0x4a7484aa,
    0x5cb0a9dc, 0x76f988da, 0x983e5152, 0xa831c66d, 0xb00327c8, 0xbf597fc7, 0xc6e00bf3, 0xd5a79147, 0x06ca6351, 0x14292967, 0x27b70a85,
    0x2e1b2138, 0x4d2c6dfc, 0x53380d13, 0x650a7354, 0x766a0abb, 0x81c2c92e, 0x92722c85, 0xa2bfe8a1, 0xa81a664b, 0xc24b8b70, 0xc76c51a3,
    0xd192e819, 0xd6990624, 0xf40e3585, 0x106aa070, 0x19a4c116, 0x1e376c08, 0x2748774c, 0x34b0bcb5, 0x391c0cb3, 0x4ed8aa4a, 0x5b9cca4f,
    0x682e6ff3, 0x748f82ee, 0x78a5636f, 0x84c87814, 0x8cc70208, 0x90befffa, 0xa4506ceb, 0xbef9a3f7, 0xc67178f2};

static const uint32_t START[8] = {0x6a09e667, 0xbb67ae85, 0x3c6ef372, 0xa54ff53a, 0x510e527f, 0x9b05688c, 0x1f83d9ab, 0x5be0cd19};

static uint32_t turned(uint32_t x, int bits) { return x >> bits | x << (32 - bits); }

/* One round: v[0..7] are a..h, turned by `at`, so that nothing has to be moved. */
#define AT(letter) v[((letter) - at) & 7]
static inline void take_round(uint32_t *v, int at, uint32_t added) {
    const uint32_t a = AT(0), b = AT(1), c = AT(2), e = AT(4), f = AT(5), g = AT(6);
    const uint32_t one = AT(7) + (turned(e, 6) ^ turned(e, 11) ^ turned(e, 25)) + ((e & f) ^ (~e & g)) + added;
    AT(3) += one;
    AT(7) = one + (turned(a, 2) ^ turned(a, 13) ^ turned(a, 22)) + ((a & b) ^ (a & c) ^ (b & c));
}

static void take_block_plainly(uint32_t *state, const unsigned char *block) {
    uint32_t w[64], v[8];
    for (int i = 0; i < 16; i++)
        w[i] = (uint32_t)block[4 * i] << 24 | (uint32_t)block[4 * i + 1] << 16 | (uint32_t)block[4 * i + 2] << 8 | block[4 * i + 3];
    for (int i = 16; i < 64; i++) {
        const uint32_t a = w[i - 15], b = w[i - 2];
        w[i] = w[i - 16] + (turned(a, 7) ^ turned(a, 18) ^ a >> 3) + w[i - 7] + (turned(b, 17) ^ turned(b, 19) ^ b >> 10);
    }
    memcpy(v, state, sizeof v);
    for (int i = 0; i < 64; i += 8)
        for (int at = 0; at < 8; at++) take_round(v, at, ROUND[i + at] + w[i + at]);
    for (int i = 0; i < 8; i++) state[i] += v[i];
}

#if defined(__x86_64__) && defined(__GNUC__)
#include <cpuid.h>
#include <immintrin.h>

/* The same by the processor's own instructions, four rounds at a time; its state is (f, e, b, a) and (h, g, d, c). */
__attribute__((target("sha,sse4.1,ssse3"))) static void take_block_by_processor(uint32_t *state, const unsigned char *block) {
    const __m128i swapped = _mm_set_epi64x(0x0c0d0e0f08090a0bLL, 0x0405060700010203LL);
    const __m128i badc = _mm_shuffle_epi32(_mm_loadu_si128((const __m128i *)state), 0xb1);
    const __m128i hgfe = _mm_shuffle_epi32(_mm_loadu_si128((const __m128i *)(state + 4)), 0x1b);
    const __m128i first = _mm_alignr_epi8(badc, hgfe, 8), second = _mm_blend_epi16(hgfe, badc, 0xf0);
    __m128i feba = first, hgdc = second, w[4];
    for (int i = 0; i < 4; i++) w[i] = _mm_shuffle_epi8(_mm_loadu_si128((const __m128i *)(block + 16 * i)), swapped);
    for (int i = 0; i < 16; i++) {
        const __m128i added = _mm_add_epi32(w[i % 4], _mm_loadu_si128((const __m128i *)(ROUND + 4 * i)));
        hgdc = _mm_sha256rnds2_epu32(hgdc, feba, added);
        feba = _mm_sha256rnds2_epu32(feba, hgdc, _mm_shuffle_epi32(added, 0x0e));
        if (i < 12) {
            const __m128i next = w[(i + 1) % 4], last = w[(i + 3) % 4], middle = _mm_alignr_epi8(last, w[(i + 2) % 4], 4);
            w[i % 4] = _mm_sha256msg2_epu32(_mm_add_epi32(_mm_sha256msg1_epu32(w[i % 4], next), middle), last);
        }
    }
    feba = _mm_shuffle_epi32(_mm_add_epi32(feba, first), 0x1b);
    hgdc = _mm_shuffle_epi32(_mm_add_epi32(hgdc, second), 0xb1);
    _mm_storeu_si128((__m128i *)state, _mm_blend_epi16(feba, hgdc, 0xf0));
    _mm_storeu_si128((__m128i *)(state + 4), _mm_alignr_epi8(hgdc, feba, 8));
}

/* Whether the processor has these instructions. */
static int processor_can(void) {
    unsigned a, b, c, d;
    if (!__get_cpuid(1, &a, &b, &c, &d) || !(c & bit_SSE4_1) || !(c & bit_SSSE3)) return 0;
    return __get_cpuid_count(7, 0, &a, &b, &c, &d) && (b & 1u << 29);
}

#else

static void take_block_by_processor(uint32_t *state, const unsigned char *block) { take_block_plainly(state, block); }

static int processor_can(void) { return 0; }

#endif

typedef void (*TakeBlock)(uint32_t *state, const unsigned char *block);

/* The first digits of the SHA-256 of a sum, which may be empty, and a text. */
static void digest(TakeBlock take_block, const char *before, int64_t size, const char *text, int64_t length, char *digits) {
    uint32_t state[8];
    unsigned char block[BLOCK];
    int64_t filled = size;
    memcpy(state, START, sizeof state);
    if (size) memcpy(block, before, (size_t)size);
    const uint64_t bits = (uint64_t)(size + length) * 8;
    while (length >= BLOCK - filled) {
        memcpy(block + filled, text, (size_t)(BLOCK - filled));
        text += BLOCK - filled;
        length -= BLOCK - filled;
        filled = 0;
        take_block(state, block);
    }
    memcpy(block + filled, text, (size_t)length);
    filled += length;
    block[filled++] = 0x80;
    if (filled > BLOCK - 8) {
        memset(block + filled, 0, (size_t)(BLOCK - filled));
        take_block(state, block);
        filled = 0;
    }
    memset(block + filled, 0, (size_t)(BLOCK - 8 - filled));
    for (int i = 0; i < 8; i++) block[BLOCK - 1 - i] = (unsigned char)(bits >> 8 * i);
    take_block(state, block);
    for (int i = 0; i < SUM; i++) digits[i] = "0123456789abcdef"[state[i / 8] >> (28 - 4 * (i % 8)) & 15];
}

/*
 * Complete lines: each of the `lines`, ended by a line feed, is a JSON object without its last brace. `sum` holds the
 * sum before and, in the end, that of the last line; at first `size` is 0. `out` has room for the text and 26 bytes a line;
 * return how many bytes are written there. `plainly`: without instructions that not every processor has.
 */
EXACTRELU_API int64_t exactrelu_line_sums(const char *text, int64_t length, char *sum, int64_t size, char *out, int64_t plainly) {
    const TakeBlock take_block = plainly || !processor_can() ? take_block_plainly : take_block_by_processor;
    char *end = out;
    for (const char *stop = text + length; text < stop;) {
        const char *line = memchr(text, '\n', (size_t)(stop - text));
        if (!line) break;
        digest(take_block, sum, size, text, line - text, sum);
        size = SUM;
        memcpy(end, text, (size_t)(line - text));
        end += line - text;
        memcpy(end, ",\"sum\":\"", 8);
        memcpy(end + 8, sum, SUM);
        memcpy(end + 8 + SUM, "\"}\n", 3);
        end += ENDING;
        text = line + 1;
    }
    return end - out;
}
