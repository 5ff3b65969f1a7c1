/* What every kernel includes. */
#ifndef EXACTRELU_KERNELS_H
#define EXACTRELU_KERNELS_H

#include <float.h>
#include <stdint.h>

/* The error bounds hold for IEEE doubles that are rounded after every operation. */
#if !defined(FLT_EVAL_METHOD) || FLT_EVAL_METHOD != 0
#error "doubles are not computed as doubles here"
#endif
#ifdef __FAST_MATH__
#error "-ffast-math breaks the proofs of the error bounds"
#endif

#if defined(_WIN32)
#define EXACTRELU_API __declspec(dllexport)
#else
#define EXACTRELU_API
#endif

#endif
