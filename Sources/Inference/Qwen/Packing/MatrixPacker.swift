internal import CKernels
internal import Tensors

/// Packs matrices, some panels at a time, so that memory stays flat whatever their size.
struct MatrixPacker {
    let compute: Compute
    let writer: PackedFileWriter

    /// Bytes that are packed before they are written: enough work for all threads.
    private static let bytesAtOnce = 16 << 20
    /// Rows that are packed together.
    private static let panel = PackedForm.panelRows

    /// Adds a matrix to the writer's section.
    ///
    /// - Parameters:
    ///   - matrix: The matrix.
    ///   - form: The form that it shall have.
    ///   - advance: Called with the rows that are done, again and again; it may throw to end the work.
    /// - Returns: What was lost; its ``PackingLosses/norm`` is no finite number where the matrix holds what is none.
    /// - Throws: ``PackingFault``.
    func write(
        _ matrix: WeightRows,
        as form: WeightForm,
        advance: (Range<Int>) throws(PackingFault) -> Void
    ) throws(PackingFault) -> PackingLosses {
        let panels = (matrix.rows + Self.panel - 1) / Self.panel
        let panelBytes = form.byteCount(rows: Self.panel, columns: matrix.columns) ?? 0
        let atOnce = min(panels, max(1, Self.bytesAtOnce / max(1, panelBytes)))
        let slices = min(atOnce, compute.pool.threadCount * 4)
        let packed = Matrix<UInt8>()
        let scratch = Matrix<Float>()
        do {
            try packed.resize(rows: atOnce, columns: panelBytes)
            // A panel's rows, and one that was packed and unpacked.
            try scratch.resize(rows: slices, columns: (Self.panel + 1) * matrix.columns)
        } catch {
            throw .memory(error)
        }
        var total = PackingLosses()
        for first in stride(from: 0, to: panels, by: atOnce) {
            let count = min(atOnce, panels - first)
            let batch = PanelBatch(
                matrix: matrix,
                form: form,
                panels: first..<first + count,
                kernels: compute.kernels,
                packed: packed.contents,
                scratch: scratch.contents
            )
            total.add(batch.pack(on: compute.pool, slices: min(slices, count)))
            let rows = first * Self.panel..<min(matrix.rows, (first + count) * Self.panel)
            do throws(WriteFault) {
                for index in 0..<count {
                    let bytes = batch.byteCount(ofPanel: first + index)
                    try unsafe writer.append(
                        UnsafeRawBufferPointer(start: packed.row(index), count: bytes)
                    )
                }
            } catch {
                throw .output(error)
            }
            try advance(rows)
        }
        return total
    }
}

/// Some panels of a matrix that are packed by all threads at once.
private struct PanelBatch {
    let matrix: WeightRows
    let form: WeightForm
    /// Which panels.
    let panels: Range<Int>
    let kernels: Kernels
    /// Where they go, a row each.
    let packed: MatrixRows<UInt8>
    /// `[slices, (32 + 1) * columns]`.
    let scratch: MatrixRows<Float>

    /// The rows of a panel that there are.
    private func rows(ofPanel panel: Int) -> Range<Int> {
        let first = panel * PackedForm.panelRows
        return first..<min(matrix.rows, first + PackedForm.panelRows)
    }

    /// Bytes of a panel; the last one of plain rows may be shorter than the others.
    func byteCount(ofPanel panel: Int) -> Int {
        form.byteCount(rows: rows(ofPanel: panel).count, columns: matrix.columns) ?? 0
    }

    /// Packs them.
    func pack(on pool: ThreadPool, slices: Int) -> PackingLosses {
        var parts = [PackingLosses](repeating: PackingLosses(), count: slices)
        unsafe parts.withUnsafeMutableBufferPointer { parts in
            pool.run(parts: slices) { slice in
                var losses = PackingLosses()
                for index in stride(from: slice, to: panels.count, by: slices) {
                    unsafe pack(index, scratch: scratch.row(slice), &losses)
                }
                unsafe parts[slice] = losses
            }
        }
        var total = PackingLosses()
        for part in parts { total.add(part) }
        return total
    }

    private func pack(
        _ index: Int,
        scratch: UnsafeMutablePointer<Float>,
        _ losses: inout PackingLosses
    ) {
        let rows = rows(ofPanel: panels.lowerBound + index)
        let columns = matrix.columns
        let panel = unsafe UnsafeMutableRawPointer(packed.row(index))
        for (place, row) in rows.enumerated() {
            unsafe matrix.widenRow(row, into: scratch + place * columns, kernels: kernels)
        }
        let after = unsafe scratch + PackedForm.panelRows * columns
        if case .packed(let form) = form {
            unsafe dk_pack(panel, form.packing, scratch, columns, rows.count, columns)
        }
        for place in 0..<rows.count {
            let before = unsafe scratch + place * columns
            var (loss, norm, blocks) = (0.0, 0.0, 0.0)
            switch form {
            case .packed(let form):
                unsafe dk_unpack_row(after, panel, form.packing, place, columns)
                unsafe blocks = dk_block_loss(form.packing, before, columns)
            case .rows(.bfloat16):
                let row = unsafe (panel + place * columns * 2).assumingMemoryBound(to: UInt16.self)
                unsafe kernels.narrow(into: row, from: before, count: columns)
                unsafe kernels.widen(into: after, from: row, type: .bfloat16, count: columns)
            case .rows:
                unsafe after.update(from: before, count: columns)
                unsafe (panel + place * columns * 4).copyMemory(
                    from: before,
                    byteCount: columns * 4
                )
            }
            unsafe dk_loss(&loss, &norm, before, after, columns)
            losses.addRow(loss: loss, norm: norm, blocks: blocks)
        }
    }
}
