// Compiles the kernels of a file once for each dtype, as plain code that a debugger can walk through. In the file, T is the dtype and
// ENTRY(softmax) the name softmax_f32. The file names itself and its dtypes before it includes this:
//
//   #ifndef ENTRY
//   #define KERNELS "softmax.cu"
//   #define FLOATS                   f32 f64; INTEGERS: i32 i64; FLOATS_AND_INDICES: f32 f64, each with I = i32 i64
//   #include "dtypes.cuh"
//   #else
//   …
//   #endif

#ifdef FLOATS
#define ENTRY(name) name##_f32
namespace f32
{
using T = float;
#include KERNELS
}
#undef ENTRY
#define ENTRY(name) name##_f64
namespace f64
{
using T = double;
#include KERNELS
}
#undef ENTRY
#endif

#ifdef INTEGERS
#define ENTRY(name) name##_i32
namespace i32
{
using T = int;
#include KERNELS
}
#undef ENTRY
#define ENTRY(name) name##_i64
namespace i64
{
using T = int64;
#include KERNELS
}
#undef ENTRY
#endif

#ifdef FLOATS_AND_INDICES
#define ENTRY(name) name##_f32_i32
namespace f32_i32
{
using T = float;
using I = int;
#include KERNELS
}
#undef ENTRY
#define ENTRY(name) name##_f32_i64
namespace f32_i64
{
using T = float;
using I = int64;
#include KERNELS
}
#undef ENTRY
#define ENTRY(name) name##_f64_i32
namespace f64_i32
{
using T = double;
using I = int;
#include KERNELS
}
#undef ENTRY
#define ENTRY(name) name##_f64_i64
namespace f64_i64
{
using T = double;
using I = int64;
#include KERNELS
}
#undef ENTRY
#endif
