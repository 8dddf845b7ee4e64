import SystemPackage

/// Reads pipeline files.
public enum PipelineFile {
    /// Largest file that is read: a pipeline has a few hundred lines.
    static let byteLimit = 256 * 1024

    /// Reads and validates one pipeline file.
    ///
    /// - Parameter path: the file, relative to the working directory or absolute; its folder is what the
    ///   pipeline's own relative paths start from.
    /// - Returns: the pipeline.
    /// - Throws: ``SpecFaults`` with all that is wrong.
    public static func read(_ path: String) throws(SpecFaults) -> Pipeline {
        let bytes: [UInt8]
        do throws(SpecFault) {
            bytes = try contents(of: path)
        } catch {
            throw SpecFaults(faults: [error])
        }
        return try parse(bytes, file: path)
    }

    /// Validates the bytes of a pipeline file.
    ///
    /// - Parameters:
    ///   - bytes: what the file holds.
    ///   - file: the file's path, for messages and for the pipeline's own relative paths.
    /// - Returns: the pipeline.
    /// - Throws: ``SpecFaults`` with all that is wrong.
    public static func parse(_ bytes: [UInt8], file: String) throws(SpecFaults) -> Pipeline {
        let text: String
        let document: SpecDocument
        do throws(SpecFault) {
            text = try Self.text(of: bytes, file: file)
            document = try SpecDocument(text: text, file: file)
        } catch {
            throw SpecFaults(faults: [error])
        }
        guard let root = document.root, !root.isNothing else {
            throw SpecFaults(faults: [SpecFault(file: file, problem: .empty)])
        }
        var parser = SpecParser(file: file, text: text, faults: document.faults)
        let pipeline = parser.pipeline(root)
        guard let pipeline, parser.faults.isEmpty else {
            throw SpecFaults(faults: parser.sortedFaults)
        }
        return pipeline
    }

    static func contents(of path: String) throws(SpecFault) -> [UInt8] {
        do {
            let file = try FileDescriptor.open(FilePath(path), .readOnly, options: .closeOnExec)
            return try file.closeAfter {
                var bytes: [UInt8] = []
                var buffer = [UInt8](repeating: 0, count: 64 * 1024)
                while bytes.count <= byteLimit {
                    let count = try unsafe buffer.withUnsafeMutableBytes { room in
                        try unsafe file.read(into: room)
                    }
                    guard count > 0 else { return bytes }
                    bytes += buffer.prefix(count)
                }
                throw SpecFault(file: path, problem: .fileTooLarge(limit: byteLimit))
            }
        } catch let fault as SpecFault {
            throw fault
        } catch let error as Errno where error == .noSuchFileOrDirectory {
            throw SpecFault(file: path, problem: .noSuchFile)
        } catch {
            throw SpecFault(file: path, problem: .unreadable("\(error)"))
        }
    }

    static func text(of bytes: [UInt8], file: String) throws(SpecFault) -> String {
        let body = bytes.starts(with: [0xEF, 0xBB, 0xBF]) ? bytes.dropFirst(3) : bytes[...]
        if let text = String(validating: body, as: UTF8.self) { return text }
        var scalars: [Unicode.Scalar] = []
        var decoder = UTF8()
        var iterator = body.makeIterator()
        while case .scalarValue(let scalar) = decoder.decode(&iterator) { scalars.append(scalar) }
        let (line, column) = SpecDocument.place(of: scalars.count, in: scalars)
        throw SpecFault(file: file, line: line, column: column, problem: .notUTF8)
    }
}
