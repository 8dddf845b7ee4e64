import Reporting
import Testing

@Suite struct MeasuresTests {
    /// Values of one confidence each, so many of them right; every value a document of its own.
    private static func values(_ groups: [(confidence: Double, right: Int, of: Int)])
        -> [CalibrationValue]
    {
        var values: [CalibrationValue] = []
        for group in groups {
            for index in 0..<group.of {
                values.append(
                    CalibrationValue(
                        document: values.count,
                        field: "total",
                        confidence: group.confidence,
                        isRight: index < group.right
                    )
                )
            }
        }
        return values
    }

    @Test func `confidences that are right as often as they say have no calibration error`() throws
    {
        let honest = try #require(
            CalibrationMeasures(Self.values([(0.9, 18, 20), (0.5, 10, 20)]))
        )
        #expect(honest.calibrationError.value < 1e-9)
        #expect(honest.errorRate == 0.3)
        #expect(honest.errorByChance > 0.02)
    }

    @Test func `confidences that boast have the gap as their error`() throws {
        let boasting = try #require(
            CalibrationMeasures(Self.values([(0.9, 60, 100)]))
        )
        #expect(abs(boasting.calibrationError.value - 0.3) < 1e-9)
        #expect(boasting.calibrationError.low < 0.3 && boasting.calibrationError.high > 0.3)
        #expect(boasting.discrimination?.value == 0.5, "equal confidences tell nothing apart")
    }

    @Test func `right values with more confidence than wrong ones are told apart`() throws {
        let clear = try #require(CalibrationMeasures(Self.values([(0.9, 10, 10), (0.2, 0, 10)])))
        #expect(clear.discrimination?.value == 1)
        let reversed = try #require(
            CalibrationMeasures(Self.values([(0.9, 0, 10), (0.2, 10, 10)]))
        )
        #expect(reversed.discrimination?.value == 0)
    }

    @Test func `where all values are right there is nothing to tell apart`() throws {
        let all = try #require(CalibrationMeasures(Self.values([(0.9, 10, 10), (0.8, 5, 5)])))
        #expect(all.discrimination == nil)
        #expect(all.errorRate == 0)
        #expect(all.selection(coverage: 0.5).errorsLeft == 0)
    }

    @Test func `of the surest values fewer are wrong, and equal ones count in part`() throws {
        let measures = try #require(
            CalibrationMeasures(Self.values([(0.9, 9, 10), (0.5, 5, 10)]))
        )
        let half = measures.selection(coverage: 0.5)
        #expect(abs(half.risk - 0.1) < 1e-9)
        #expect(abs(half.errorsLeft - 1.0 / 6) < 1e-9)
        let threeQuarters = measures.selection(coverage: 0.75)
        #expect(abs(threeQuarters.risk - (1 + 2.5) / 15) < 1e-9)
        let sure = measures.selection(confidence: 0.9)
        #expect(sure.coverage == 0.5)
        #expect(measures.selection(confidence: 0.95).coverage == 0)
    }

    @Test func `the ranges are drawn in the same way every time`() throws {
        let values = Self.values([(0.9, 17, 20), (0.6, 11, 20), (0.3, 6, 20)])
        let first = try #require(CalibrationMeasures(values))
        let second = try #require(CalibrationMeasures(values))
        #expect(first.calibrationError == second.calibrationError)
        #expect(first.discrimination == second.discrimination)
        #expect(first.errorByChance == second.errorByChance)
    }

    @Test func `values of one document vary together, which widens the range`() throws {
        let alone = Self.values([(0.8, 80, 100)])
        let inTens = alone.enumerated().map { index, value in
            var value = value
            value.document = index / 10
            return value
        }
        func width(_ values: [CalibrationValue]) throws -> Double {
            let error = try #require(CalibrationMeasures(values)).calibrationError
            return error.high - error.low
        }
        let together = try width(inTens)
        let apart = try width(alone)
        #expect(together > apart * 1.2)
    }

    @Test func `no values are no measure, and a single one is`() {
        #expect(CalibrationMeasures([]) == nil)
        #expect(CalibrationMeasures(Self.values([(0.7, 1, 1)]))?.count == 1)
    }
}
