/// How a stored tensor lies in its file.
public enum WeightForm: Sendable, Equatable {
    /// Row after row, all elements of one type.
    case rows(ElementType)
    /// A matrix in the panels that the kernels stream.
    case packed(PackedForm)

    /// The type of elements that lie row after row; nil for panels.
    public var elementType: ElementType? {
        if case .rows(let type) = self { type } else { nil }
    }
}

/// What a matrix in panels is packed to: panels of 32 outputs, cut in groups of 128 inputs with a scale for each output.
///
/// `CKernels.h` has the layout of a block.
public enum PackedForm: String, Sendable, CaseIterable {
    /// 8 bits a weight.
    case int8
    /// 4 bits a weight, with a sub-scale for each 32 inputs.
    case int4
}
