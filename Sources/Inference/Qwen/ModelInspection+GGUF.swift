public import SystemPackage
internal import Tensors
internal import Tokenization

extension ModelInspection {
    /// Looks a model in GGUF through.
    ///
    /// - Parameters:
    ///   - text: The file of the decoder; it may be cut short.
    ///   - vision: The file of the vision tower (`mmproj`), where there is one.
    public init(gguf text: FilePath, vision: FilePath?) {
        var findings = InspectionFindings(path: text, format: .gguf)
        let textFile = findings.readParts(text)
        let visionFile = vision.flatMap { findings.readParts($0) }
        findings.textTensors = textFile?.storedTensors ?? []
        if let textFile {
            do throws(QwenFault) {
                findings.configuration = try ModelConfiguration(gguf: textFile, vision: visionFile)
            } catch {
                findings.problems.append(.configuration(file: text, error))
            }
            findings.readTokenizer(textFile)
        }
        if let configuration = findings.configuration {
            if configuration.vision != nil {
                findings.visionTensors = visionFile?.storedTensors ?? []
            } else if configuration.family == .qwen3VL, vision == nil {
                findings.problems.append(.noVisionFile(file: text))
            }
        }
        self.init(findings)
    }
}

extension InspectionFindings {
    /// Reads a file's header, and those of its other parts; nil when the first cannot be read.
    fileprivate mutating func readParts(_ path: FilePath) -> GGUFFile? {
        do throws(WeightFault) {
            let file = try GGUFFile(path)
            for header in file.headers {
                files.append(
                    ModelInspection.WeightFile(path: header.file.path, byteCount: header.file.count)
                )
            }
            return file
        } catch {
            note(error)
        }
        // A file that only ends early, or lacks parts, still tells what it is.
        guard let mapped = try? MappedFile(path) else { return nil }
        files.append(ModelInspection.WeightFile(path: path, byteCount: mapped.count))
        guard let header = try? GGUFHeader(mapped) else { return nil }
        return GGUFFile(listing: header)
    }

    mutating func readTokenizer(_ file: GGUFFile) {
        do throws(TokenizerFault) {
            tokenizer = ModelInspection.TokenizerFacts(try Tokenizer(file))
        } catch {
            problems.append(.tokenizer(error))
        }
    }
}
