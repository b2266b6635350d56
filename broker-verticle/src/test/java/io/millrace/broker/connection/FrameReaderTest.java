package io.millrace.broker.connection;

import static org.assertj.core.api.Assertions.assertThat;

import io.netty.buffer.Unpooled;
import org.junit.jupiter.api.Test;

class FrameReaderTest {

    @Test
    void copiesNothingThatLiesWhole() {
        FrameReader reader =
                new FrameReader(100, new MemoryBudget(1000), Unpooled.buffer().alloc());
        var bytes = Unpooled.buffer().writeInt(8).writeLong(1).writeInt(9).writeLong(2);

        var whole = reader.next(bytes);
        var cut = reader.next(bytes);

        assertThat(whole).isNotNull();
        assertThat(whole.unwrap()).isSameAs(bytes);
        assertThat(cut).isNull();
        assertThat(reader.isInsideFrame()).isTrue();
        whole.release();
        reader.close();
        bytes.release();
    }
}
