/// What factors of matrix products are rounded to.
public enum Precision: String, Sendable, CaseIterable {
    /// Weights are widened, a panel at a time; nothing is rounded but activations before a product with a packed weight, to 8 bits.
    case float32
    /// Activations are rounded once before each product with a bfloat16 weight, which is read where it lies; sums are float32. Before
    /// a product with a packed weight they are rounded to 8 bits.
    case bfloat16
}

/// What arithmetic runs on.
public struct Compute: Sendable {
    /// The instruction set's functions.
    public let kernels: Kernels
    /// The threads.
    public let pool: ThreadPool
    /// What factors are rounded to.
    public let precision: Precision
    /// Whether float32 was asked for, so that keys and values are not rounded either; packed weights still take activations in 8 bits.
    public let isExact: Bool

    /// Chooses kernels, threads and precision.
    ///
    /// - Parameters:
    ///   - kernels: The instruction set's functions; the fastest unless told.
    ///   - pool: The threads; one for each physical core that the process may use unless told.
    ///   - precision: Unless told, bfloat16 where the processor multiplies it, else float32.
    public init(
        kernels: Kernels = .best,
        pool: ThreadPool = ThreadPool(),
        precision: Precision? = nil
    ) {
        self.kernels = kernels
        self.pool = pool
        isExact = precision == .float32
        self.precision = precision ?? (kernels.hasNativeBFloat16 ? .bfloat16 : .float32)
    }

    /// What the other factor of products with a weight is rounded to.
    ///
    /// - Parameter weight: The weight.
    /// - Returns: Packed weights want 8 bits in groups, bfloat16 ones bfloat16 where that is the precision; others are widened
    ///   to float32.
    public func factorForm(of weight: WeightRows) -> FactorForm {
        switch weight.form {
        case .packed: .int8
        case .rows(.bfloat16) where precision == .bfloat16: .bfloat16
        case .rows: .float32
        }
    }
}

/// The forms in which activations go into products.
public enum FactorForm: Sendable {
    /// Not rounded.
    case float32
    /// Rounded to bfloat16.
    case bfloat16
    /// Rounded to 8 bits with a scale for each group.
    case int8
}
