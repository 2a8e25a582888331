// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <cstdint>
#include <string_view>

/// What mutations of ONNX files put in.
namespace fuzz {

/// Names of attributes of the standard's operators, and of some of com.microsoft.
inline constexpr std::string_view kAttributeNames[] = { "activation", "activation_alpha", "activation_beta",
    "activations", "align_corners", "allowzero", "alpha", "antialias", "approximate", "auto_pad", "axes",
    "axis", "batch_axis", "batch_dims", "beta", "bias", "block_size", "blocksize", "body", "broadcast",
    "case_change_action", "ceil_mode", "center_point_box", "channels_last", "chunk_size", "clip",
    "consumed_inputs", "coordinate_transformation_mode", "count_include_pad", "cubic_coeff_a", "delimiter",
    "detect_negative", "detect_positive", "dilations", "direction", "directions", "do_rotary", "dtype",
    "else_branch", "end", "ends", "epsilon", "equation", "exclude_outside", "exclusive",
    "extrapolation_value", "fast_math", "fmod", "gamma", "group", "height_scale", "hidden_size", "high",
    "ignore_index", "input_forget", "interleaved", "inverse", "is_case_sensitive", "is_causal", "is_test",
    "k", "keep_aspect_ratio_policy", "keepdims", "kernel_shape", "kv_num_heads", "lambd", "largest", "layout",
    "left_window_size", "linear_before_reset", "local_window_size", "locale", "low", "mask_filter_value",
    "max", "max_gram_length", "max_skip_count", "maxsplit", "mean", "min", "min_gram_length", "mode",
    "momentum", "nearest_mode", "new_axis", "ngram_counts", "ngram_indexes", "noop_with_empty_axes",
    "num_groups", "num_heads", "num_outputs", "num_scan_inputs", "offset_group", "onesided",
    "output_datatype", "output_dtype", "output_height", "output_padding", "output_sequence", "output_shape",
    "output_width", "p", "padding_mode", "paddings", "pads", "pattern", "periodic", "perm", "pixel_format",
    "pool_int64s", "pool_strings", "pooled_shape", "precision", "q_num_heads", "qk_matmul_output_mode",
    "qkv_hidden_sizes", "ratio", "reduction", "reverse", "right_window_size", "rotary_embedding_dim",
    "round_mode", "sample_size", "sampling_ratio", "saturate", "scale", "scales", "scan_input_axes",
    "scan_input_directions", "scan_output_axes", "scan_output_directions", "seed", "select_last_index",
    "shape", "size", "softcap", "softmax_precision", "sorted", "sparse_value", "spatial", "spatial_scale",
    "split", "start", "starts", "stash_type", "stopwords", "storage_order", "strides", "then_branch",
    "time_axis", "to", "training_mode", "transA", "transB", "transBatchA", "type", "unidirectional",
    "update_rule", "upper", "value", "value_float", "value_floats", "value_int", "value_ints", "value_string",
    "value_strings", "weights", "width_scale", "y_scale" };

/// Values of text attributes, and texts that are no such thing.
inline constexpr std::string_view kWords[] = { "", "NOTSET", "SAME_UPPER", "SAME_LOWER", "VALID", "constant",
    "reflect", "edge", "wrap", "none", "tanh", "nearest", "linear", "cubic", "half_pixel", "align_corners",
    "asymmetric", "pytorch_half_pixel", "tf_crop_and_resize", "round_prefer_floor", "round_prefer_ceil",
    "floor", "ceil", "forward", "reverse", "bidirectional", "Sigmoid", "Tanh", "Relu", "DCR", "CRD", "add",
    "mul", "max", "min", "sum", "mean", "bilinear", "avg", "zeros", "border", "ij,jk->ik", "...ii->...i",
    "ij->ji", "->", "a,b", "com.microsoft", "ai.onnx", "\xff\xfe", "../w.bin" };

/// Where sizes, axes, element types and lengths go wrong.
inline constexpr std::uint64_t kNumbers[] = { 0, 1, 2, 3, 4, 5, 7, 8, 10, 11, 16, 17, 64, 127, 128, 255, 256,
    1000, 4096, 65535, 65536, 1U << 20U, 1U << 24U, 0x7fffffff, 0x80000000, 0xffffffff, 1ULL << 32U,
    1ULL << 40U, 1ULL << 48U, 1ULL << 61U, 1ULL << 62U, 0x7fffffffffffffff, 0x8000000000000000,
    0xffffffffffffffff, 0xfffffffffffffffe, 0xfffffffffffffffd, 0xffffffff80000000 };

/// Bits of float32 numbers: 0, -0, 1, -1, 0.5, 1e-38, 3e38, infinities, NaN.
inline constexpr std::uint64_t kFloats[] = { 0, 0x80000000, 0x3f800000, 0xbf800000, 0x3f000000, 0x006ce3ee,
    0x7f61b1e6, 0x7f800000, 0xff800000, 0x7fc00000 };

} // namespace fuzz
