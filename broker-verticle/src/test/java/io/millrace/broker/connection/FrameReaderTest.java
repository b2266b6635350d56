package io.millrace.broker.connection;

import static java.util.Objects.requireNonNull;
import static org.assertj.core.api.Assertions.assertThat;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import java.util.Arrays;
import java.util.List;
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

    @Test
    void aLargeRequestIsReadIntoItsOwnBuffer() {
        MemoryBudget memory = new MemoryBudget(1 << 20);
        FrameReader reader = new FrameReader(1 << 20, memory, Unpooled.buffer().alloc());
        var start = Unpooled.buffer().writeInt(100_000).writeBytes(new byte[10]);

        assertThat(reader.rest()).isNull();
        assertThat(reader.next(start)).isNull();
        ByteBuf empty = rest(reader);
        assertThat(empty.writableBytes()).isEqualTo(99_990);
        empty.release(); // the socket had nothing
        ByteBuf first = rest(reader).writeBytes(filled(60_000, 1));
        assertThat(reader.next(first)).isNull();
        ByteBuf second = rest(reader);
        assertThat(second.writableBytes()).isEqualTo(39_990);
        ByteBuf whole = reader.next(second.writeBytes(filled(39_990, 2)));

        assertThat(whole).isNotNull();
        assertThat(whole.readableBytes()).isEqualTo(100_000);
        assertThat(first.isReadable() || second.isReadable()).isFalse();
        assertThat(whole.getByte(9)).isZero();
        assertThat(whole.getByte(10)).isEqualTo((byte) 1);
        assertThat(whole.getByte(60_009)).isEqualTo((byte) 1);
        assertThat(whole.getByte(60_010)).isEqualTo((byte) 2);
        assertThat(whole.getByte(99_999)).isEqualTo((byte) 2);
        assertThat(reader.rest()).isNull();
        List.of(start, first, second, whole).forEach(ByteBuf::release);
    }

    /** Who sends a hundred megabytes must not keep the event loop from its other connections. */
    @Test
    void noPieceOfALargeRequestIsLong() {
        FrameReader reader = new FrameReader(
                1 << 20, new MemoryBudget(1 << 20), Unpooled.buffer().alloc());
        var start = Unpooled.buffer().writeInt((256 << 10) + 1);
        assertThat(reader.next(start)).isNull();

        ByteBuf most = rest(reader).writeZero(256 << 10);
        assertThat(most.isWritable()).isFalse();
        assertThat(reader.next(most)).isNull();
        ByteBuf last = rest(reader);

        assertThat(last.writableBytes()).isEqualTo(1);
        reader.close();
        List.of(start, most, last).forEach(ByteBuf::release);
        assertThat(last.refCnt()).isZero();
    }

    @Test
    void bytesFromElsewhereAreCopiedIntoALargeRequest() {
        FrameReader reader = new FrameReader(
                1 << 20, new MemoryBudget(1 << 20), Unpooled.buffer().alloc());
        var start = Unpooled.buffer().writeInt(40_000);
        var end = Unpooled.wrappedBuffer(filled(40_000, 3));

        assertThat(reader.next(start)).isNull();
        ByteBuf unused = rest(reader);
        ByteBuf whole = reader.next(end);

        assertThat(whole).isNotNull();
        assertThat(whole.getByte(39_999)).isEqualTo((byte) 3);
        List.of(start, unused, end, whole).forEach(ByteBuf::release);
    }

    @Test
    void expectsALargeRequestAfterALargeOne() {
        FrameReader reader = new FrameReader(
                1 << 20, new MemoryBudget(1 << 20), Unpooled.buffer().alloc());
        var large = Unpooled.buffer().writeInt(40_000).writeBytes(new byte[40_000]);
        var small = Unpooled.buffer().writeInt(10_000).writeBytes(new byte[10_000]);

        assertThat(reader.expectsLarge()).isFalse();
        ByteBuf first = reader.next(large);
        assertThat(reader.expectsLarge()).isTrue();
        ByteBuf second = reader.next(small);
        assertThat(reader.expectsLarge()).isFalse();

        List.of(large, small, requireNonNull(first), requireNonNull(second)).forEach(ByteBuf::release);
    }

    private static ByteBuf rest(FrameReader reader) {
        return requireNonNull(reader.rest());
    }

    private static byte[] filled(int size, int value) {
        byte[] bytes = new byte[size];
        Arrays.fill(bytes, (byte) value);
        return bytes;
    }
}
