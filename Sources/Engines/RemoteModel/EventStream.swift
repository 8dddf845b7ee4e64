/// Takes an answer that is sent in pieces apart into its events.
///
/// Source: HTML Living Standard, 9.2.6, interpreting an event stream; of its fields only `data` is used.
struct EventStream: Sendable {
    private var line: [UInt8] = []
    private var data: [UInt8] = []
    private var endedWithReturn = false

    /// Takes bytes.
    ///
    /// - Parameter bytes: What came.
    /// - Returns: The data of events that are whole now.
    mutating func take(_ bytes: some Sequence<UInt8>) -> [[UInt8]] {
        var events: [[UInt8]] = []
        for byte in bytes {
            let followsReturn = endedWithReturn
            endedWithReturn = byte == 0x0D
            switch byte {
            case 0x0A where followsReturn: break
            case 0x0A, 0x0D: endLine(&events)
            default: line.append(byte)
            }
        }
        return events
    }

    /// Takes the end: some servers leave out the empty line after the last event.
    mutating func end() -> [[UInt8]] {
        var events: [[UInt8]] = []
        if !line.isEmpty { endLine(&events) }
        if !data.isEmpty { events.append(data) }
        data = []
        return events
    }

    private mutating func endLine(_ events: inout [[UInt8]]) {
        defer { line.removeAll(keepingCapacity: true) }
        guard !line.isEmpty else {
            if !data.isEmpty { events.append(data) }
            data = []
            return
        }
        let field = Array("data:".utf8)
        guard line.starts(with: field) else { return }
        var value = line[field.count...]
        if value.first == 0x20 { value.removeFirst() }
        if !data.isEmpty { data.append(0x0A) }
        data += value
    }
}
