internal import Tensors

extension Checkpoint {
    /// The weight of the patch embedding, `[hidden, channels * frames * side * side]`, in the order of ``PicturePatches``.
    ///
    /// Transformers stores it so; MLX stores channels last; GGUF stores one kernel for each frame.
    ///
    /// - Parameter configuration: The tower's.
    /// - Returns: The rows where they lie, or a copy in the right order.
    /// - Throws: ``QwenFault``.
    func patchKernel(_ configuration: VisionConfiguration) throws(QwenFault) -> WeightRows {
        let (outputs, channels) = (configuration.hiddenSize, configuration.channels)
        let (frames, side) = (configuration.temporalPatchSize, configuration.patchSize)
        if names == .gguf {
            return try joinedKernel(outputs, channels, frames, side)
        }
        let name = names.name(VisionRole.patchWeight)
        let published = [outputs, channels, frames, side, side]
        let channelsLast = [outputs, frames, side, side, channels]
        if let tensor = try Self.find(name, in: vision), tensor.shape == channelsLast,
            channelsLast != published, let type = tensor.elementType
        {
            return Self.reordered(tensor, type, frames * side * side, channels)
        }
        return WeightRows(try Self.tensor(name, published, in: vision))
    }

    /// Puts channels before frames, rows and columns.
    private static func reordered(
        _ tensor: WeightTensor,
        _ type: ElementType,
        _ pixels: Int,
        _ channels: Int
    ) -> WeightRows {
        let size = type.blockBytes
        let outputs = tensor.shape[0]
        var bytes = [UInt8](repeating: 0, count: tensor.byteCount)
        unsafe tensor.withBytes { stored in
            for output in 0..<outputs {
                let kernel = output * pixels * channels
                for channel in 0..<channels {
                    for pixel in 0..<pixels {
                        let from = (kernel + pixel * channels + channel) * size
                        let to = (kernel + channel * pixels + pixel) * size
                        for byte in 0..<size { bytes[to + byte] = unsafe stored[from + byte] }
                    }
                }
            }
        }
        return WeightRows(
            form: .rows(type),
            rows: outputs,
            columns: pixels * channels,
            bytes: bytes
        )
    }

    /// Joins the kernels of single frames, `[outputs, channels, side, side]` each.
    private func joinedKernel(
        _ outputs: Int,
        _ channels: Int,
        _ frames: Int,
        _ side: Int
    ) throws(QwenFault) -> WeightRows {
        var kernels: [WeightTensor] = []
        var type: ElementType?
        for frame in 0..<frames {
            let name = names.patchWeight(frame: frame)
            let kernel = try Self.tensor(name, [outputs, channels, side, side], in: vision)
            guard let own = kernel.elementType, own.blockElements == 1, own == type ?? own else {
                throw .weights(
                    .unsupportedType(
                        file: vision.path,
                        tensor: name,
                        type: kernel.elementType?.rawValue ?? "panels"
                    )
                )
            }
            type = own
            kernels.append(kernel)
        }
        guard let first = kernels.first, let type else {
            throw .missingTensor(
                source: vision.path,
                tensor: names.patchWeight(frame: 0),
                expected: [outputs, channels, side, side]
            )
        }
        let planeBytes = side * side * type.blockBytes
        var bytes = [UInt8](repeating: 0, count: first.byteCount * frames)
        for (frame, kernel) in kernels.enumerated() {
            unsafe kernel.withBytes { stored in
                for plane in 0..<outputs * channels {
                    let to = (plane * frames + frame) * planeBytes
                    let from = plane * planeBytes
                    for byte in 0..<planeBytes { bytes[to + byte] = unsafe stored[from + byte] }
                }
            }
        }
        return WeightRows(
            form: .rows(type),
            rows: outputs,
            columns: channels * frames * side * side,
            bytes: bytes
        )
    }
}
