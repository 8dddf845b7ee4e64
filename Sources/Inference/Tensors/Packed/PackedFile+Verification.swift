extension PackedFile {
    /// Holds every byte against its checksum.
    ///
    /// Memory stays flat: what has been hashed is given back.
    ///
    /// - Parameter progress: Called with the bytes that have been hashed, of all; false ends the work.
    /// - Returns: The names of sections whose bytes are not what was written, in the order of the file; nil when the work was ended.
    public func damagedSections(progress: (Int, Int) -> Bool = { _, _ in true }) -> [String]? {
        let sections = (contents.files + contents.tensors.map(\.section))
            .sorted { ($0.offset, $0.bytes) < ($1.offset, $1.bytes) }
        let total = sections.reduce(0) { $0 + $1.bytes }
        let stride = 16 << 20
        var done = 0
        var damaged: [String] = []
        var end = PackedPrefix.count
        for section in sections {
            var digest = SectionDigest()
            // Nobody's bytes are zeros.
            let gap = end..<section.offset
            let isTight = unsafe file.bytes[gap].allSatisfy { $0 == 0 }
            end = section.offset + section.bytes
            for start in Swift.stride(from: section.offset, to: end, by: stride) {
                guard progress(done, total) else { return nil }
                let range = start..<min(end, start + stride)
                unsafe digest.update(UnsafeRawBufferPointer(rebasing: file.bytes[range]))
                file.release(range)
                done += range.count
            }
            if !isTight || digest.text != section.sha256 { damaged.append(section.name) }
        }
        let rest = unsafe file.bytes[end..<contentsOffset]
        if unsafe !rest.allSatisfy({ $0 == 0 }) { damaged.append(sections.last?.name ?? "") }
        return progress(total, total) ? damaged : nil
    }
}
