public import SystemPackage
internal import Tensors
internal import Tokenization

extension ModelInspection {
    /// Looks a packed file through.
    ///
    /// - Parameters:
    ///   - file: The file; it may be damaged.
    ///   - verifies: Whether every byte is held against its checksum, which reads the whole file.
    public init(packed file: FilePath, verifies: Bool = false) {
        var findings = InspectionFindings(path: file, format: .packed)
        findings.readPacked(file)
        if verifies, let packed = findings.packed {
            let damaged = packed.damagedSections() ?? []
            findings.isVerified = damaged.isEmpty
            if !damaged.isEmpty {
                findings.problems.append(.damagedSections(file: file, damaged))
            }
        }
        self.init(findings)
    }
}

extension InspectionFindings {
    fileprivate mutating func readPacked(_ path: FilePath) {
        do throws(WeightFault) {
            let packed = try PackedFile(path)
            self.packed = packed
            let byteCount = (try? MappedFile(path))?.count
            files.append(ModelInspection.WeightFile(path: path, byteCount: byteCount))
            textTensors = packed.storedTensors
            switch packed.contents.source.format {
            case .safetensors: readFiles(packed)
            case .gguf: readHeaders(try PackedHeaders(packed))
            }
        } catch {
            note(error)
        }
    }

    private mutating func readFiles(_ packed: PackedFile) {
        let files: SettingsFiles
        do { files = try SettingsFiles(packed) } catch {
            problems.append(.configuration(file: path, error))
            return
        }
        readConfiguration(files)
        readTokenizer(files)
        readSettings(files)
    }

    private mutating func readHeaders(_ headers: PackedHeaders) {
        do throws(QwenFault) {
            configuration = try ModelConfiguration(gguf: headers.text, vision: headers.vision)
        } catch {
            problems.append(.configuration(file: path, error))
        }
        readTokenizer(headers.text)
        if let configuration, configuration.family == .qwen3VL, configuration.vision == nil {
            problems.append(.noVisionFile(file: path))
        }
    }
}
