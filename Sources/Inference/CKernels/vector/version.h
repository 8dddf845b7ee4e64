// The table VERSION, called VERSION_NAME, of the functions that the including file has.
const dk_kernels VERSION = {
    .name = VERSION_NAME,
    .matmul_f32 = matmul_f32,
    .matmul_bf16 = matmul_bf16,
    .widen = widen,
    .narrow_bf16 = narrow_bf16,
    .rms_norm = rms_norm,
    .layer_norm = layer_norm,
    .rotate_halves = rotate_halves,
    .add = add,
    .add_rows = add_rows,
    .silu_multiply = silu_multiply,
    .gelu_tanh = gelu_tanh,
    .gelu_erf = gelu_erf,
    .attend = attend,
    .attend_bf16 = attend_bf16,
};
