public import CKernels

/// How the elements of a stored tensor are written.
public enum ElementType: String, Sendable, CaseIterable {
    case float32 = "F32"
    case float16 = "F16"
    case bfloat16 = "BF16"
    case q8_0 = "Q8_0"
    case q4_0 = "Q4_0"
    case q4_K = "Q4_K"
    case q5_K = "Q5_K"
    case q6_K = "Q6_K"

    /// The same word for the kernels.
    public var kernelType: dk_type {
        switch self {
        case .float32: DK_F32
        case .float16: DK_F16
        case .bfloat16: DK_BF16
        case .q8_0: DK_Q8_0
        case .q4_0: DK_Q4_0
        case .q4_K: DK_Q4_K
        case .q5_K: DK_Q5_K
        case .q6_K: DK_Q6_K
        }
    }

    /// Elements that one block holds; 1 where elements stand alone.
    public var blockElements: Int {
        switch self {
        case .float32, .float16, .bfloat16: 1
        case .q8_0, .q4_0: 32
        case .q4_K, .q5_K, .q6_K: 256
        }
    }

    /// Bytes of one block.
    public var blockBytes: Int {
        switch self {
        case .float32: 4
        case .float16, .bfloat16: 2
        case .q8_0: 34
        case .q4_0: 18
        case .q4_K: 144
        case .q5_K: 176
        case .q6_K: 210
        }
    }
}
