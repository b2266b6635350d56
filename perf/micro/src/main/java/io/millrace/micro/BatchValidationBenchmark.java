package io.millrace.micro;

import io.millrace.broker.storage.LogConfig;
import io.millrace.wire.ApiKey;
import io.millrace.wire.record.BatchValidator;
import io.millrace.wire.record.BatchVerdict;
import io.millrace.wire.record.TimestampType;
import io.netty.buffer.ByteBuf;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.TearDown;

/** What the produce path looks at in a batch before it may go to a ring. */
@State(Scope.Thread)
public class BatchValidationBenchmark extends MicroBenchmark {

    private static final short VERSION = ApiKey.PRODUCE.maxVersion();

    @Param
    BatchShape shape;

    private final LogConfig config = LogConfig.defaults();
    private ByteBuf batch;

    @Setup
    public void create() {
        batch = shape.batch(1);
        BatchVerdict verdict = validate();
        if (!verdict.isGood()) {
            throw new IllegalStateException("the batch is refused: " + verdict);
        }
    }

    @TearDown
    public void release() {
        batch.release();
    }

    /** Header fields and the checksum over all bytes, on the event loop: the one look that the broker takes at each record. */
    @Benchmark
    public BatchVerdict validate() {
        BatchValidator.Limits limits = new BatchValidator.Limits(
                config.maxMessageBytes(),
                TimestampType.CREATE_TIME,
                config.timestampBeforeMaxMs(),
                config.timestampAfterMaxMs(),
                config.compacts());
        return BatchValidator.validate(batch, limits, VERSION, BatchShape.TIME_MS);
    }
}
