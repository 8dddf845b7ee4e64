public import SystemPackage
public import Tensors

/// Packs a model: its weights in the panels that the kernels stream, in 8 or 4 bits, and all that it needs besides, in one file.
///
/// One pass over the weights, each read once for each form that is tried; memory stays flat. A weight that would lose too much in the
/// form that was asked for is packed again in the next better one.
public struct ModelPacking: Sendable {
    /// What is packed.
    public let model: OpenedModel
    /// To what.
    public let precision: PackedForm
    /// What to call the model.
    public let name: String
    /// What to call what it is made of.
    public let sourceName: String
    /// The commit that it was pulled at.
    public let revision: String?
    let rules: PackingRules
    let weights: [ExpectedTensor]
    let files: [(name: String, bytes: [UInt8])]

    /// Plans the work; the weights have been found, and are not read.
    ///
    /// - Parameters:
    ///   - model: What is packed: a folder or GGUF.
    ///   - precision: To what; single weights may be packed to more bits.
    ///   - tables: What the embedding table and the head are packed to; as the rest unless told.
    ///   - name: What to call the model.
    ///   - sourceName: What to call what it is made of.
    ///   - revision: The commit that it was pulled at, where that is known.
    /// - Throws: ``PackingFault``.
    public init(
        _ model: OpenedModel,
        to precision: PackedForm,
        tables: PackedForm? = nil,
        name: String,
        sourceName: String,
        revision: String? = nil
    ) throws(PackingFault) {
        self.model = model
        self.precision = precision
        self.name = name
        self.sourceName = sourceName
        self.revision = revision
        rules = PackingRules(precision: precision, tables: tables ?? precision)
        weights = ExpectedTensor.all(
            of: model.configuration,
            names: .packed,
            hasHead: model.checkpoint.has(.head)
        )
        switch model.storage {
        case .safetensors:
            do { files = try SettingsFiles(folder: model.path).all() } catch {
                throw .model(error)
            }
        case .gguf(let text, let vision):
            files =
                PackedHeaders.all(of: text, half: "text")
                + (vision.map { PackedHeaders.all(of: $0, half: "vision") } ?? [])
        case .packed(let file): throw .packedAlready(file.path)
        }
    }

    /// Bytes that the file will have if every weight takes the form that was asked for.
    public var neededBytes: Int {
        let line = PackedLayout.alignment
        let weightBytes = weights.reduce(0) { sum, tensor in
            let bytes = rules.forms(for: tensor)[0].byteCount(
                rows: tensor.shape[0],
                columns: tensor.count / max(1, tensor.shape[0])
            )
            // A tensor's entry in the table of contents has less than 400 bytes.
            return sum + (bytes ?? 0) + line + 400
        }
        return files.reduce(weightBytes + 4096) { $0 + $1.bytes.count + line }
    }

    /// Bytes of weights that will be read.
    public var sourceBytes: Int { model.weightBytes }

    /// How far the work is.
    public struct Progress: Sendable {
        /// The weight at work.
        public let tensor: String
        /// Numbers packed.
        public let done: Int
        /// Numbers in all.
        public let total: Int
    }

    /// Packs.
    ///
    /// - Parameters:
    ///   - path: The file that it becomes, in one step at the end.
    ///   - replaces: Whether a file that is there may be replaced.
    ///   - writer: Who writes, such as `docket 0.1`.
    ///   - date: When, in UTC: `2026-11-21T12:00:00Z`.
    ///   - compute: What arithmetic runs on.
    ///   - progress: Called again and again meanwhile.
    /// - Returns: What was written.
    /// - Throws: ``PackingFault``; ``PackingFault/cancelled`` when the task is.
    public func write(
        to path: FilePath,
        replaces: Bool,
        writer: String,
        date: String,
        compute: Compute,
        progress: (Progress) -> Void = { _ in }
    ) throws(PackingFault) -> PackingResult {
        let output: PackedFileWriter
        do {
            output = try PackedFileWriter(path, replaces: replaces, needed: neededBytes)
        } catch {
            throw .output(error)
        }
        var contents = PackedContents(
            name: name,
            precision: precision,
            family: model.configuration.family.rawValue,
            writer: writer,
            written: date,
            source: try source()
        )
        do throws(WriteFault) {
            for file in files {
                try output.append(file.bytes)
                contents.files.append(try output.endSection(file.name))
            }
        } catch {
            throw .output(error)
        }
        let packer = MatrixPacker(compute: compute, writer: output)
        let total = weights.reduce(0) { $0 + $1.count }
        var done = 0
        for tensor in weights {
            let packed = try pack(tensor, with: packer) { numbers in
                progress(Progress(tensor: tensor.name, done: done + numbers, total: total))
            }
            contents.tensors.append(packed)
            done += tensor.count
        }
        do {
            let byteCount = try output.commit(contents)
            return PackingResult(path: path, byteCount: byteCount, contents: contents)
        } catch {
            throw .output(error)
        }
    }

    // MARK: One weight

    private func pack(
        _ tensor: ExpectedTensor,
        with packer: MatrixPacker,
        progress: (Int) -> Void
    ) throws(PackingFault) -> PackedTensor {
        let weight: SourceWeight
        do { weight = try SourceWeight(tensor, of: model) } catch { throw .model(error) }
        let forms = rules.forms(for: tensor)
        for (index, form) in forms.enumerated() {
            let losses = try packer.write(weight.rows, as: form) { rows throws(PackingFault) in
                weight.release(rows)
                progress(rows.upperBound * weight.rows.columns)
                if Task.isCancelled { throw .cancelled }
            }
            guard losses.norm.isFinite else {
                throw .notFinite(source: weight.source, tensor: weight.name)
            }
            if case .packed(let packed) = form, index + 1 < forms.count,
                !losses.isWithin(.of(packed), comparing: !weight.isInBlocks)
            {
                packer.writer.restartSection()
                continue
            }
            guard losses.loss.isFinite, losses.worstRow.isFinite else {
                throw .tooLarge(source: weight.source, tensor: weight.name)
            }
            let section: PackedSection
            do { section = try packer.writer.endSection(tensor.name) } catch {
                throw .output(error)
            }
            return PackedTensor(
                name: tensor.name,
                form: form.name,
                shape: tensor.shape,
                offset: section.offset,
                bytes: section.bytes,
                sha256: section.sha256,
                error: losses.loss > 0 ? losses.error : nil
            )
        }
        preconditionFailure("rules give at least one form")
    }

    /// Where the weights come from, for who wants to know later.
    private func source() throws(PackingFault) -> PackedSource {
        let halves: [any WeightSource]
        let format: PackedSource.Format
        switch model.storage {
        case .safetensors(let weights): (halves, format) = ([weights], .safetensors)
        case .gguf(let text, nil): (halves, format) = ([text], .gguf)
        case .gguf(let text, let vision?): (halves, format) = ([text, vision], .gguf)
        case .packed(let file): throw .packedAlready(file.path)
        }
        var files: [FilePath: Int] = [:]
        for half in halves {
            for stored in half.storedTensors where files[stored.file] == nil {
                guard let tensor = try? half.tensor(named: stored.name) else { continue }
                files[stored.file] = tensor.file.count
            }
        }
        return PackedSource(
            name: sourceName,
            format: format,
            revision: revision,
            files: files.sorted { $0.key.string < $1.key.string }.map {
                PackedSource.File(name: $0.key.lastComponent?.string ?? "", bytes: $0.value)
            }
        )
    }
}
