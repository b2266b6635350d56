package io.millrace.broker.storage;

import static org.assertj.core.api.Assertions.assertThat;

import io.millrace.wire.ErrorCode;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.UnpooledByteBufAllocator;
import java.io.IOException;
import java.util.Objects;
import org.junit.jupiter.api.Test;

/** How the front of a log goes away: by time, by size, and because somebody asks for it. */
class PartitionLogRetentionTest extends LogTestBase {

    @Test
    void deletesRecordsUpToAnOffset() throws IOException {
        use(LogConfig.defaults().toBuilder().segmentBytes(200).build());
        for (int i = 0; i < 10; i++) {
            fixture.append(Batches.of(i, "v" + i));
        }
        int before = fixture.log.view().segmentCount();

        assertThat(fixture.log.deleteRecordsBefore(5, 1)).isEqualTo(ErrorCode.NONE);

        assertThat(fixture.log.logStartOffset()).isEqualTo(5);
        assertThat(fixture.log.view().segmentCount()).isLessThan(before);
        assertThat(fixture.log.read(4, 100, true).error()).isEqualTo(ErrorCode.OFFSET_OUT_OF_RANGE);
        assertThat(fixture.values()).containsExactly("v5", "v6", "v7", "v8", "v9");
        assertThat(fixture.log.deleteRecordsBefore(3, 1)).isEqualTo(ErrorCode.NONE);
        assertThat(fixture.log.logStartOffset()).isEqualTo(5);
        assertThat(fixture.log.deleteRecordsBefore(11, 1)).isEqualTo(ErrorCode.OFFSET_OUT_OF_RANGE);
        assertThat(fixture.log.deleteRecordsBefore(-2, 1)).isEqualTo(ErrorCode.OFFSET_OUT_OF_RANGE);
        assertThat(fixture.log.deleteRecordsBefore(-1, 1)).isEqualTo(ErrorCode.NONE);
        assertThat(fixture.log.logStartOffset()).isEqualTo(10);
        assertThat(fixture.values()).isEmpty();
    }

    @Test
    void removesSegmentsByTimeAndDeletesTheirFilesLater() throws IOException {
        use(LogConfig.defaults().toBuilder()
                .segmentBytes(200)
                .retentionMs(1000)
                .fileDeleteDelayMs(60)
                .build());
        for (int i = 0; i < 10; i++) {
            fixture.append(Batches.of(i * 1000L, "v" + i));
        }

        assertThat(fixture.log.applyRetention(5500)).isPositive();

        assertThat(fixture.log.logStartOffset()).isBetween(3L, 5L);
        assertThat(fixture.values()).last().isEqualTo("v9");
        long newStart = fixture.log.logStartOffset();
        fixture.deleteRemoved(5560, newStart);
        assertThat(fixture.files()).as("before a checkpoint").contains("00000000000000000000.log");
        fixture.log.checkpoint();
        fixture.deleteRemoved(5559, newStart);
        assertThat(fixture.files()).as("before the delay").contains("00000000000000000000.log");
        fixture.deleteRemoved(5560, 0);
        assertThat(fixture.files()).as("before the start is durable").contains("00000000000000000000.log");
        fixture.deleteRemoved(5560, newStart);
        assertThat(fixture.files()).doesNotContain("00000000000000000000.log");
    }

    @Test
    void removesAnExpiredActiveSegmentByRollingIt() throws IOException {
        use(LogConfig.defaults().toBuilder().retentionMs(1000).build());
        fixture.append(Batches.of(1, "old"));

        assertThat(fixture.log.applyRetention(10_000)).isEqualTo(1);

        assertThat(fixture.log.logStartOffset()).isEqualTo(1);
        assertThat(fixture.log.view().segmentCount()).isEqualTo(1);
        assertThat(fixture.append(Batches.of(10_000, "new")).baseOffset()).isEqualTo(1);
        assertThat(fixture.values()).containsExactly("new");
    }

    @Test
    void removesSegmentsBySizeButNeverTheActiveOne() throws IOException {
        use(LogConfig.defaults().toBuilder()
                .segmentBytes(200)
                .retentionBytes(400)
                .retentionMs(-1)
                .build());
        for (int i = 0; i < 20; i++) {
            fixture.append(Batches.of(i, "v" + i));
        }
        fixture.log.applyRetention(1);

        assertThat(fixture.log.sizeBytes()).isBetween(400L, 650L);
        assertThat(fixture.values()).last().isEqualTo("v19");
        fixture.log.updateConfig(
                LogConfig.defaults().toBuilder().retentionBytes(0).build());
        fixture.log.applyRetention(2);
        assertThat(fixture.log.view().segmentCount()).isEqualTo(1);
    }

    @Test
    void keepsSegmentsThatAreNotVisibleYet() throws IOException {
        use(LogConfig.defaults().toBuilder().segmentBytes(200).retentionBytes(0).build());
        for (int i = 0; i < 10; i++) {
            fixture.stage(Batches.of(i, "v" + i));
            fixture.log.writeStaged();
        }

        assertThat(fixture.log.applyRetention(1)).isZero();
        fixture.log.onDurable(10);
        assertThat(fixture.values()).hasSize(10);
    }

    @Test
    void goesOnReadingASliceWhoseSegmentWasDeleted() throws IOException {
        use(LogConfig.defaults().toBuilder()
                .segmentBytes(100)
                .fileDeleteDelayMs(0)
                .build());
        fixture.append(Batches.of(1, "kept open"));
        fixture.append(Batches.of(1, "second"));
        ReadResult slice = fixture.log.read(0, 1 << 20, true);

        fixture.log.deleteRecordsBefore(1, 1);
        fixture.log.checkpoint();
        fixture.deleteRemoved(1, 1);

        assertThat(fixture.files()).doesNotContain("00000000000000000000.log");
        ByteBuf bytes = Objects.requireNonNull(slice.records()).toBuffer(UnpooledByteBufAllocator.DEFAULT);
        assertThat(bytes.readableBytes()).isEqualTo(slice.sizeBytes());
        bytes.release();
    }
}
