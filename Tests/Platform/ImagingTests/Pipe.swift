import SystemPackage

/// Lends the reading end of a pipe that holds a few kilobytes.
func withPipe(_ bytes: [UInt8], _ body: (FileDescriptor) throws -> Void) throws {
    let (reading, writing) = try FileDescriptor.pipe()
    try writing.closeAfter { _ = try writing.writeAll(bytes) }
    try reading.closeAfter { try body(reading) }
}
