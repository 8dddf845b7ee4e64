internal import SystemPackage
internal import Tensors

/// A weight where it comes from.
struct SourceWeight {
    /// Its numbers.
    let rows: WeightRows
    /// Its file's or folder's name, for messages.
    let source: FilePath
    /// Its name there.
    let name: String
    /// The tensor whose bytes are read in order, row after row; nil where they were put into another order before.
    private let tensor: WeightTensor?

    /// Finds a weight.
    ///
    /// - Parameters:
    ///   - expected: What it is for, and its shape.
    ///   - model: What it is a part of.
    /// - Throws: ``QwenFault``.
    init(_ expected: ExpectedTensor, of model: OpenedModel) throws(QwenFault) {
        let checkpoint = model.checkpoint
        name = checkpoint.names.name(expected.role)
        source = expected.isVision ? checkpoint.vision.path : checkpoint.text.path
        if case .vision(.patchWeight) = expected.role, let vision = model.configuration.vision {
            rows = try checkpoint.patchKernel(vision)
            tensor = nil
            return
        }
        let tensor = try Checkpoint.tensor(
            name,
            expected.shape,
            in: expected.isVision ? checkpoint.vision : checkpoint.text
        )
        rows = WeightRows(tensor)
        self.tensor = tensor
    }

    /// Whether its numbers are in blocks that share a scale, as GGUF has them.
    var isInBlocks: Bool {
        guard case .rows(let type) = rows.form else { return true }
        return type.blockElements > 1
    }

    /// Gives back the memory of rows that have been read.
    func release(_ range: Range<Int>) {
        guard let tensor, rows.rows > 0 else { return }
        let rowBytes = tensor.byteCount / rows.rows
        let start = tensor.offset
        // From the weight's begin: a page that two ranges share is given back with the second.
        tensor.file.release(start..<start + range.upperBound * rowBytes)
    }
}
