public import SystemPackage

/// A packed model file, mapped, with every range checked: weights as the kernels stream them, and all that a model needs besides.
///
/// The table of contents is held against its checksum; the weights are not, so that a model is ready at once. ``damagedSections(progress:)`` hashes everything.
public struct PackedFile: WeightSource {
    /// What is in it.
    public let contents: PackedContents
    /// All tensors, in the order of their names.
    public let storedTensors: [StoredTensor]
    /// The SHA-256 of the table of contents, which names the SHA-256 of everything else: one model, one identity.
    public let identity: String
    /// The mapping.
    let file: MappedFile
    /// Where the table of contents begins.
    let contentsOffset: Int
    private let places: [String: Int]
    private let sections: [String: PackedSection]

    /// The file.
    public var path: FilePath { file.path }

    /// Maps a file and checks it: afterwards every section lies within it.
    ///
    /// - Parameter path: The file.
    /// - Throws: ``WeightFault``.
    public init(_ path: FilePath) throws(WeightFault) {
        try self.init(MappedFile(weights: path))
    }

    /// Checks a file that is mapped already.
    ///
    /// - Parameter file: The file.
    /// - Throws: ``WeightFault``.
    public init(_ file: MappedFile) throws(WeightFault) {
        let prefix = try PackedPrefix(file)
        let range = try Self.contentsRange(prefix, in: file)
        let json = unsafe file.bytes[range]
        let digest = unsafe SectionDigest.of(UnsafeRawBufferPointer(rebasing: json))
        guard prefix.layout == PackedLayout.version else {
            throw .otherPackedLayout(
                file: file.path,
                found: prefix.layout,
                supported: PackedLayout.version
            )
        }
        guard digest == prefix.contentsDigest,
            let contents = unsafe PackedContents.decoded(Array(json))
        else { throw .damagedPacked(file: file.path, .contents) }
        storedTensors = try Self.check(contents, in: file, end: range.lowerBound)
        self.contents = contents
        self.file = file
        contentsOffset = range.lowerBound
        identity = SectionDigest.text(digest)
        var places: [String: Int] = [:]
        places.reserveCapacity(storedTensors.count)
        for (place, tensor) in storedTensors.enumerated() { places[tensor.name] = place }
        self.places = places
        // No name comes twice: that was checked.
        sections = Dictionary(contents.files.map { ($0.name, $0) }) { first, _ in first }
    }

    /// Finds a tensor.
    ///
    /// - Parameter name: The name in the file.
    /// - Returns: Where it lies, or nil when there is none of that name.
    /// - Throws: Nothing: forms that are not run were refused when the file was opened.
    public func tensor(named name: String) throws(WeightFault) -> WeightTensor? {
        guard let place = places[name] else { return nil }
        return try storedTensors[place].weight(in: file)
    }

    /// The length of one of the source's small files, without reading it.
    ///
    /// - Parameter name: Its name, such as `config.json`.
    /// - Returns: Its bytes; nil when it is not in there.
    public func byteCount(ofFile name: String) -> Int? { sections[name]?.bytes }

    /// Reads one of the source's small files.
    ///
    /// - Parameter name: Its name, such as `config.json`.
    /// - Returns: Its bytes as they were; nil when it is not in there.
    /// - Throws: ``WeightFault/damagedPacked(file:_:)`` when its bytes are others than were written.
    public func bytes(ofFile name: String) throws(WeightFault) -> [UInt8]? {
        guard let section = sections[name] else { return nil }
        try check(section)
        return unsafe Array(file.bytes[section.offset..<section.offset + section.bytes])
    }

    /// Lends one of the source's small files as a file of its own.
    ///
    /// - Parameter name: Its name, such as `text.gguf`.
    /// - Returns: The file, mapped with this one; nil when it is not in there.
    /// - Throws: ``WeightFault/damagedPacked(file:_:)`` when its bytes are others than were written.
    public func mapped(file name: String) throws(WeightFault) -> MappedFile? {
        guard let section = sections[name] else { return nil }
        try check(section)
        return MappedFile(section.offset..<section.offset + section.bytes, of: file)
    }

    /// Holds a section against its checksum.
    private func check(_ section: PackedSection) throws(WeightFault) {
        let range = section.offset..<section.offset + section.bytes
        let digest = unsafe SectionDigest.of(UnsafeRawBufferPointer(rebasing: file.bytes[range]))
        guard SectionDigest.text(digest) == section.sha256 else {
            throw .damagedPacked(file: path, .section(section.name))
        }
    }

    // MARK: Checking

    /// Where the table of contents lies: it ends the file.
    private static func contentsRange(
        _ prefix: PackedPrefix,
        in file: MappedFile
    ) throws(WeightFault) -> Range<Int> {
        guard prefix.contentsCount >= 2,
            prefix.contentsCount <= UInt64(PackedLayout.longestContents)
        else {
            throw .headerTooLong(
                file: file.path,
                byteCount: prefix.contentsCount,
                limit: PackedLayout.longestContents
            )
        }
        let count = Int(prefix.contentsCount)
        guard let offset = Int(exactly: prefix.contentsOffset), offset >= PackedPrefix.count,
            offset.isMultiple(of: PackedLayout.alignment), offset <= Int.max - count
        else { throw .damagedPacked(file: file.path, .prefix) }
        guard offset + count <= file.count else {
            throw .truncated(file: file.path, needed: offset + count, found: file.count)
        }
        guard offset + count == file.count else {
            throw .unclaimedBytes(
                file: file.path,
                before: nil,
                count: file.count - offset - count
            )
        }
        return offset..<offset + count
    }

    /// Checks that sections follow one another from the prefix to the table of contents, and that tensors have the bytes that they need.
    ///
    /// - Returns: The tensors by name.
    private static func check(
        _ contents: PackedContents,
        in file: MappedFile,
        end: Int
    ) throws(WeightFault) -> [StoredTensor] {
        var sections = contents.files
        var tensors: [StoredTensor] = []
        for tensor in contents.tensors {
            tensors.append(try stored(tensor, in: file.path))
            sections.append(tensor.section)
        }
        sections.sort { ($0.offset, $0.bytes) < ($1.offset, $1.bytes) }
        var next = PackedPrefix.count
        var last = ""
        for section in sections {
            guard section.offset >= next else {
                throw .overlap(file: file.path, tensor: section.name, other: last)
            }
            guard section.offset == next else {
                throw .unclaimedBytes(
                    file: file.path,
                    before: section.name,
                    count: section.offset - next
                )
            }
            let (sectionEnd, overflow) = section.offset.addingReportingOverflow(section.bytes)
            guard section.bytes >= 0, !overflow, sectionEnd <= end,
                let following = PackedLayout.aligned(sectionEnd)
            else { throw .damagedPacked(file: file.path, .section(section.name)) }
            next = following
            last = section.name
        }
        guard next == end else {
            throw .unclaimedBytes(file: file.path, before: nil, count: end - next)
        }
        let names = contents.files.map(\.name).sorted()
        for (name, following) in zip(names, names.dropFirst()) where name == following {
            throw .duplicateTensor(file: file.path, tensor: name)
        }
        tensors.sort { $0.name < $1.name }
        for (tensor, next) in zip(tensors, tensors.dropFirst()) where tensor.name == next.name {
            throw .duplicateTensor(file: file.path, tensor: tensor.name)
        }
        return tensors
    }

    private static func stored(
        _ tensor: PackedTensor,
        in file: FilePath
    ) throws(WeightFault) -> StoredTensor {
        guard let form = WeightForm(packedFile: tensor.form) else {
            throw .unsupportedType(file: file, tensor: tensor.name, type: tensor.form)
        }
        guard tensor.shape.allSatisfy({ $0 >= 0 }), tensor.shape.count <= 8,
            let byteCount = PackedLayout.byteCount(form, shape: tensor.shape)
        else { throw .sizeOverflow(file: file, tensor: tensor.name, shape: tensor.shape) }
        guard byteCount == tensor.bytes else {
            throw .wrongByteCount(
                file: file,
                tensor: tensor.name,
                expected: byteCount,
                found: tensor.bytes
            )
        }
        return StoredTensor(
            name: tensor.name,
            typeName: tensor.form,
            form: form,
            shape: tensor.shape,
            file: file,
            offset: tensor.offset,
            byteCount: tensor.bytes
        )
    }
}

extension PackedTensor {
    /// Where it lies, and its checksum.
    var section: PackedSection {
        PackedSection(name: name, offset: offset, bytes: bytes, sha256: sha256)
    }
}
