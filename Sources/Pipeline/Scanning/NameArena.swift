internal import Glibc

/// What a directory entry is said to be.
enum EntryKind: UInt8, Sendable {
    case regular, folder, link, pipe, socket, characterDevice, blockDevice
    /// The file system does not say; it has to be asked about this entry.
    case unknown
}

/// Names of one directory, packed into one block of bytes, sorted on demand.
///
/// A name costs its bytes and 16 more, so that a directory of a million names fits into what an
/// array of a million strings would take for its pointers. A folder's name ends with a slash.
struct NameArena {
    private struct Entry {
        /// The eight bytes after the prefix that all names share, as a number: compared first.
        var head: UInt64 = 0
        var offset: UInt32
        var length: UInt16
        var kind: EntryKind
    }

    private var bytes: [UInt8] = []
    private var entries: [Entry] = []
    /// The count of leading bytes that all names have in common.
    private var sharedPrefix = Int.max
    /// The entry that is handed out next.
    private var position = 0

    /// The bytes of memory that the names take.
    var byteCount: Int { bytes.count + entries.count * MemoryLayout<Entry>.stride }
    /// The count of names.
    var count: Int { entries.count }

    /// Adds a name, with a slash behind it when it is a folder's.
    mutating func append(_ name: ArraySlice<UInt8>, kind: EntryKind) {
        let offset = bytes.count
        bytes.append(contentsOf: name)
        if kind == .folder { bytes.append(UInt8(ascii: "/")) }
        let count = bytes.count - offset
        entries.append(Entry(offset: UInt32(offset), length: UInt16(count), kind: kind))
        let first = Int(entries[0].offset)
        var shared = 0
        let limit = min(sharedPrefix, count, Int(entries[0].length))
        while shared < limit, bytes[first + shared] == bytes[offset + shared] { shared += 1 }
        sharedPrefix = shared
    }

    /// Puts the names in the order of their bytes.
    mutating func sort() {
        guard entries.count > 1 else { return }
        let skipped = sharedPrefix
        for index in entries.indices {
            var head: UInt64 = 0
            let name = range(of: entries[index])
            for position in (name.lowerBound + skipped)..<(name.lowerBound + skipped + 8) {
                head = head << 8 | (position < name.upperBound ? UInt64(bytes[position]) : 0)
            }
            entries[index].head = head
        }
        let all = bytes
        entries.sort { left, right in
            if left.head != right.head { return left.head < right.head }
            let leftStart = Int(left.offset) + skipped
            let rightStart = Int(right.offset) + skipped
            let leftCount = Int(left.length) - skipped
            let rightCount = Int(right.length) - skipped
            return precedes(
                all[leftStart..<(leftStart + leftCount)],
                all[rightStart..<(rightStart + rightCount)]
            )
        }
    }

    /// Drops all but the first names, which must be sorted; gives back the last one that stays.
    mutating func keep(_ count: Int) -> [UInt8] {
        entries.removeSubrange(count...)
        // The names are brought together in a second block, in order, which the first makes room for.
        var packed: [UInt8] = []
        packed.reserveCapacity(bytes.count)
        for index in entries.indices {
            let name = range(of: entries[index])
            entries[index].offset = UInt32(packed.count)
            packed.append(contentsOf: bytes[name])
        }
        bytes = packed
        return last
    }

    /// The last name; empty when there is none.
    var last: [UInt8] { entries.last.map { Array(bytes[range(of: $0)]) } ?? [] }

    /// Forgets all names but not the memory.
    mutating func removeAll() {
        bytes.removeAll(keepingCapacity: true)
        entries.removeAll(keepingCapacity: true)
        sharedPrefix = .max
        position = 0
    }

    /// Takes the next name in order.
    mutating func next() -> (name: ArraySlice<UInt8>, kind: EntryKind)? {
        guard position < entries.count else { return nil }
        defer { position += 1 }
        return (bytes[range(of: entries[position])], entries[position].kind)
    }

    private func range(of entry: Entry) -> Range<Int> {
        Int(entry.offset)..<(Int(entry.offset) + Int(entry.length))
    }
}

/// Whether bytes come before others in the order of `memcmp`, a beginning before what it begins.
func precedes(_ left: ArraySlice<UInt8>, _ right: ArraySlice<UInt8>) -> Bool {
    let order = unsafe left.withUnsafeBytes { one in
        unsafe right.withUnsafeBytes { other -> Int32 in
            guard let one = one.baseAddress, let other = other.baseAddress else { return 0 }
            return unsafe memcmp(one, other, min(left.count, right.count))
        }
    }
    return order == 0 ? left.count < right.count : order < 0
}
