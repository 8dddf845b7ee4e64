public import CKernels

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

    /// Bytes of a matrix.
    ///
    /// - Parameters:
    ///   - rows: Outputs of a linear layer.
    ///   - columns: Its inputs.
    /// - Returns: The bytes; nil where they are more than can be counted, or where a row is not whole blocks.
    public func byteCount(rows: Int, columns: Int) -> Int? {
        guard rows >= 0, columns >= 0 else { return nil }
        let (lines, blocks, size): (Int, Int, Int)
        switch self {
        case .rows(let type):
            guard columns.isMultiple(of: type.blockElements) else { return nil }
            (lines, blocks, size) = (rows, columns / type.blockElements, type.blockBytes)
        case .packed(let form):
            (lines, blocks, size) = (
                Self.parts(rows, of: PackedForm.panelRows),
                Self.parts(columns, of: PackedForm.groupColumns),
                form.blockBytes
            )
        }
        let (count, isMany) = lines.multipliedReportingOverflow(by: blocks)
        let (bytes, isLong) = count.multipliedReportingOverflow(by: size)
        return isMany || isLong ? nil : bytes
    }

    private static func parts(_ count: Int, of size: Int) -> Int {
        count / size + (count % size == 0 ? 0 : 1)
    }
}

/// What a matrix in panels is packed to: panels of 32 outputs, cut in groups of 128 inputs with a scale for each output.
///
/// `PackedKernels.h` has the layout of a block.
public enum PackedForm: String, Sendable, CaseIterable {
    /// 8 bits a weight.
    case int8
    /// 4 bits a weight, with a step for each 16 inputs.
    case int4

    /// Outputs of a panel.
    public static let panelRows = Int(DK_PANEL)
    /// Inputs of a group.
    public static let groupColumns = Int(DK_GROUP)

    /// The same word for the kernels.
    public var packing: dk_packing {
        switch self {
        case .int8: DK_INT8
        case .int4: DK_INT4
        }
    }

    /// Bytes of one panel's group.
    public var blockBytes: Int { dk_packed_block_bytes(packing) }
}
