internal import Crypto
internal import Glibc
internal import Qwen
internal import SystemPackage

/// One entry's file: read in parts, as a picture that only looks alike need not have its features read.
struct EntryFile: ~Copyable {
    private let descriptor: FileDescriptor
    /// All that the index keeps of it.
    let header: EntryHeader
    /// Where what follows the header begins.
    private let start: Int

    /// Opens a file and reads its header.
    ///
    /// - Parameter path: The file.
    /// - Throws: `Errno`, ``EntryFault``.
    init(_ path: FilePath) throws {
        let descriptor = try FileDescriptor.open(
            path,
            .readOnly,
            options: [.closeOnExec, .noFollow, .nonBlocking]
        )
        do {
            let prefix = try Self.read(descriptor, at: 0, EntryHeader.prefixCount)
            let rest = try Self.read(
                descriptor,
                at: prefix.count,
                try EntryHeader.restCount(prefix)
            )
            header = try EntryHeader(prefix: prefix, rest: rest)
            start = prefix.count + rest.count
            self.descriptor = descriptor
        } catch {
            try? descriptor.close()
            throw error
        }
    }

    deinit { try? descriptor.close() }

    /// The picture to compare others with.
    ///
    /// - Throws: `Errno`, ``EntryFault``.
    func comparison() throws -> ComparisonPicture {
        let bytes = try checked(at: start, header.comparisonCount)
        guard let picture = ComparisonPicture(sides: header.sides, bytes: bytes) else {
            throw EntryFault.damaged
        }
        return picture
    }

    /// The features.
    ///
    /// - Throws: `Errno`, ``EntryFault``.
    func features() throws -> PictureFeatures {
        let bytes = try checked(
            at: start + header.comparisonCount + EntryHeader.digestCount,
            header.featureCount
        )
        let layerBytes = header.tokenCount * header.featureWidth * 2
        let layers = (0...header.layerCount).map { layer in
            HalfPrecision.values(bytes[layer * layerBytes..<(layer + 1) * layerBytes])
        }
        return PictureFeatures(
            grid: header.grid,
            tokenCount: header.tokenCount,
            width: header.featureWidth,
            embeddings: layers[0],
            deepstack: Array(layers.dropFirst())
        )
    }

    /// Bytes with their checksum after them.
    private func checked(at place: Int, _ count: Int) throws -> [UInt8] {
        let bytes = try Self.read(descriptor, at: place, count)
        let digest = try Self.read(descriptor, at: place + count, EntryHeader.digestCount)
        guard Array(SHA256.hash(data: bytes)) == digest else { throw EntryFault.damaged }
        return bytes
    }

    /// Exactly so many bytes; the file's size is asked first, so that a damaged number demands no memory.
    private static func read(
        _ descriptor: FileDescriptor,
        at place: Int,
        _ count: Int
    ) throws -> [UInt8] {
        guard place + count <= FileStatus.byteCount(descriptor) else { throw EntryFault.damaged }
        let bytes = try unsafe [UInt8](unsafeUninitializedCapacity: count) { buffer, filled in
            while filled < count {
                let part = try unsafe descriptor.read(
                    fromAbsoluteOffset: Int64(place + filled),
                    into: UnsafeMutableRawBufferPointer(
                        rebasing: UnsafeMutableRawBufferPointer(buffer)[filled..<count]
                    )
                )
                guard part > 0 else { throw EntryFault.damaged }
                filled += part
            }
        }
        return bytes
    }

    // MARK: Writing

    /// The bytes of an entry.
    ///
    /// - Parameters:
    ///   - header: Of the features and the picture.
    ///   - comparison: The picture to compare others with.
    ///   - features: The features; each is a number.
    /// - Returns: All bytes of the file; nil when the model's name is too long.
    static func bytes(
        _ header: EntryHeader,
        _ comparison: ComparisonPicture,
        _ features: PictureFeatures
    ) -> [UInt8]? {
        guard var bytes = header.bytes() else { return nil }
        bytes.reserveCapacity(
            bytes.count + header.comparisonCount + header.featureCount + 2 * EntryHeader.digestCount
        )
        let planes = comparison.bytes
        bytes += planes
        bytes += Array(SHA256.hash(data: planes))
        let start = bytes.count
        for values in [features.embeddings] + features.deepstack {
            HalfPrecision.append(values, to: &bytes)
        }
        bytes += Array(SHA256.hash(data: bytes[start...]))
        return bytes
    }
}

/// What the system says of files.
enum FileStatus {
    static func byteCount(_ descriptor: FileDescriptor) -> Int {
        var status = stat()
        guard unsafe fstat(descriptor.rawValue, &status) == 0,
            status.st_mode & S_IFMT == S_IFREG
        else { return 0 }
        return Int(status.st_size)
    }

    /// The file's place in its file system, by which it is known under any name; nil where there is none.
    static func inode(_ path: FilePath) -> UInt64? {
        var status = stat()
        let result = unsafe path.withPlatformString { unsafe lstat($0, &status) }
        return result == 0 ? UInt64(status.st_ino) : nil
    }
}
