package io.millrace.broker.storage.producer;

import static org.assertj.core.api.Assertions.assertThat;

import io.millrace.broker.storage.Batches;
import io.millrace.wire.record.RecordBatch;
import io.netty.buffer.ByteBuf;
import java.nio.ByteBuffer;
import org.junit.jupiter.api.Test;

class ProducerSnapshotTest {

    private final ProducerTable table = new ProducerTable();

    private void fill() {
        for (int i = 0; i < 7; i++) {
            ByteBuf batch = Batches.idempotent(5, 1, i, 50 + i, "v");
            RecordBatch.setBaseOffset(batch, 0, 10 + i);
            table.applyData(batch, 0, 1);
        }
        ByteBuf open = Batches.transactional(6, 0, 0, "t");
        RecordBatch.setBaseOffset(open, 0, 17);
        table.applyData(open, 0, 1);
        table.applyMarker(8, (short) 2, 3, 99, 1);
    }

    @Test
    void keepsEverythingTheTableKnows() {
        fill();
        ProducerTable copy = new ProducerTable();

        assertThat(ProducerSnapshot.decode(ProducerSnapshot.encode(table), copy, 1))
                .isTrue();

        assertThat(copy.views()).containsExactlyInAnyOrderElementsOf(table.views());
        assertThat(copy.firstOpenOffset()).isEqualTo(17);
        assertThat(ProducerSnapshot.encode(copy)).isEqualTo(ProducerSnapshot.encode(table));
    }

    @Test
    void keepsAnEmptyTable() {
        ProducerTable copy = new ProducerTable();
        assertThat(ProducerSnapshot.decode(ProducerSnapshot.encode(table), copy, 1))
                .isTrue();
        assertThat(copy.isEmpty()).isTrue();
    }

    @Test
    void refusesEveryFlippedBitAndEveryTruncation() {
        fill();
        byte[] bytes = new byte[ProducerSnapshot.encode(table).remaining()];
        ProducerSnapshot.encode(table).get(bytes);
        for (int bit = 0; bit < bytes.length * 8; bit++) {
            byte[] damaged = bytes.clone();
            damaged[bit / 8] ^= (byte) (1 << bit % 8);
            ProducerTable copy = new ProducerTable();
            assertThat(ProducerSnapshot.decode(ByteBuffer.wrap(damaged), copy, 1))
                    .as("bit %d", bit)
                    .isFalse();
            assertThat(copy.isEmpty()).isTrue();
        }
        for (int size = 0; size < bytes.length; size++) {
            assertThat(ProducerSnapshot.decode(ByteBuffer.wrap(bytes.clone(), 0, size), new ProducerTable(), 1))
                    .isFalse();
        }
    }

    @Test
    void givesProducersTheirFullTimeAfterARestart() {
        fill();
        ProducerTable copy = new ProducerTable();
        ProducerSnapshot.decode(ProducerSnapshot.encode(table), copy, 5000);

        copy.expire(5999, 1000);
        assertThat(copy.size()).isEqualTo(3);
        copy.expire(6000, 1000);
        assertThat(copy.size()).isEqualTo(1);
    }
}
