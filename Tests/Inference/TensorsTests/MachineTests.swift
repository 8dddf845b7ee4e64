import Testing

@testable import Tensors

/// What the engine learns of the machine that it runs on.
@Suite struct MachineTests {
    @Test func `the processor's name is that of its first core, blanks made one`() {
        let text = """
            processor\t: 0
            vendor_id\t: AuthenticAMD
            model name\t: AMD EPYC 9354P  32-Core Processor
            processor\t: 1
            model name\t: another
            """
        #expect(ProcessorName.name(in: text) == "AMD EPYC 9354P 32-Core Processor")
    }

    @Test func `a processor without a name has none`() {
        #expect(ProcessorName.name(in: "processor\t: 0\nBogoMIPS\t: 48.00\nmodel name\t:\n") == nil)
        #expect(ProcessorName.name(in: "") == nil)
    }

    @Test(arguments: [1, 2, 3])
    func `memory is read at some speed by any number of threads`(threads: Int) throws {
        let pool = ThreadPool(threads: threads)
        let rate = try #require(MemoryBandwidth.measured(pool: pool, byteCount: 32 << 20))
        // Less than any machine of the last twenty years, more than any that is to come soon.
        #expect(rate > 1e7 && rate < 1e14)
    }

    @Test func `memory that is not to be had gives no speed`() {
        #expect(MemoryBandwidth.measured(pool: ThreadPool(threads: 1), byteCount: 1 << 60) == nil)
    }
}
