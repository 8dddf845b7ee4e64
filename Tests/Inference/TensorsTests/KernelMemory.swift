import Tensors
import Testing

/// Memory for a test's numbers; it lasts until `free()`, which a test defers.
final class KernelMemory {
    private var blocks: [UnsafeMutableRawPointer] = []

    func free() {
        for block in blocks { block.deallocate() }
        blocks = []
    }

    /// Lays numbers down at an address of any alignment, between margins that must stay as they are.
    ///
    /// - Parameters:
    ///   - elements: The numbers.
    ///   - misalignment: Bytes after an address that is a multiple of 64.
    /// - Returns: Where they lie.
    func place<Element: BitwiseCopyable>(
        _ elements: [Element],
        misalignment: Int = 0
    ) -> PlacedNumbers<Element> {
        let margin = PlacedNumbers<Element>.margin
        let length = 2 * margin + misalignment + elements.count * MemoryLayout<Element>.stride
        let block = UnsafeMutableRawPointer.allocate(byteCount: length, alignment: 64)
        blocks.append(block)
        block.initializeMemory(as: UInt8.self, repeating: 0xA5, count: length)
        let start = block + margin + misalignment
        elements.withUnsafeBytes { source in
            guard let base = source.baseAddress else { return }
            start.copyMemory(from: base, byteCount: source.count)
        }
        return PlacedNumbers(
            pointer: start.assumingMemoryBound(to: Element.self),
            count: elements.count
        )
    }
}

/// Numbers in a ``KernelMemory``.
struct PlacedNumbers<Element: BitwiseCopyable> {
    static var margin: Int { 256 }

    let pointer: UnsafeMutablePointer<Element>
    let count: Int

    private var byteCount: Int { count * MemoryLayout<Element>.stride }

    var elements: [Element] {
        [Element](unsafeUninitializedCapacity: count) { buffer, initialized in
            if let base = buffer.baseAddress {
                UnsafeMutableRawPointer(base)
                    .copyMemory(from: UnsafeRawPointer(pointer), byteCount: byteCount)
            }
            initialized = count
        }
    }

    /// Whether nothing was written outside.
    var marginIsIntact: Bool {
        let bytes = UnsafeRawPointer(pointer)
        let before = UnsafeRawBufferPointer(start: bytes - Self.margin, count: Self.margin)
        let after = UnsafeRawBufferPointer(start: bytes + byteCount, count: Self.margin)
        return before.allSatisfy { $0 == 0xA5 } && after.allSatisfy { $0 == 0xA5 }
    }
}

/// Reproducible numbers.
struct KernelNoise {
    private var state: UInt64

    init(_ seed: UInt64) { state = seed &* 2 + 1 }

    mutating func next() -> UInt32 {
        state = state &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
        return UInt32(truncatingIfNeeded: state >> 32)
    }

    /// Between -1 and 1.
    mutating func float() -> Float { Float(Int32(bitPattern: next())) * 0x1p-31 }

    mutating func floats(_ count: Int, times scale: Float = 1) -> [Float] {
        (0..<count).map { _ in float() * scale }
    }

    mutating func bytes(_ count: Int) -> [UInt8] {
        (0..<count).map { _ in UInt8(truncatingIfNeeded: next() >> 11) }
    }
}

/// To the nearest bfloat16, ties to even; of numbers, not of NaN.
func bfloat16(_ value: Float) -> UInt16 {
    let bits = value.bitPattern
    return UInt16((UInt64(bits) + 0x7FFF + UInt64(bits >> 16 & 1)) >> 16)
}

func float(bfloat16 bits: UInt16) -> Float { Float(bitPattern: UInt32(bits) << 16) }

/// The greatest difference; infinite where one is not a number.
func greatestDifference(_ left: [Float], _ right: [Float]) -> Float {
    zip(left, right).map { abs($0 - $1) }.map { $0.isNaN ? .infinity : $0 }.max() ?? 0
}

extension Kernels: CustomTestStringConvertible {
    /// The version's name, for the names of tests.
    public var testDescription: String { name }
}
