package io.millrace.wire;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufUtil;
import io.netty.buffer.Unpooled;
import io.netty.buffer.UnpooledByteBufAllocator;
import io.netty.channel.DefaultFileRegion;
import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class WireWriterTest {

    private final WireWriter out = new WireWriter(UnpooledByteBufAllocator.DEFAULT);

    private String hex() {
        ByteBuf whole = Unpooled.wrappedBuffer(out.finish().parts().toArray(new ByteBuf[0]));
        assertThat(whole.readInt()).isEqualTo(whole.readableBytes());
        String hex = ByteBufUtil.hexDump(whole);
        whole.release();
        return hex;
    }

    @Test
    void writesVarintsOfOneToFiveBytes() {
        for (int value : new int[] {0, 127, 128, 16383, 16384, -1}) {
            out.writeUnsignedVarint(value);
        }

        assertThat(hex()).isEqualTo("00" + "7f" + "8001" + "ff7f" + "808001" + "ffffffff0f");
    }

    @Test
    void writesNullAndEmptyInBothEncodings() {
        out.writeNullableString("F.name", null, false);
        out.writeNullableString("F.name", null, true);
        out.writeString("F.name", "", false);
        out.writeString("F.name", "", true);
        out.writeNullableBytes(null, false);
        out.writeNullableBytes(null, true);
        out.writeNullableList(null, true, WireWriter::writeInt);
        out.writeNullableRecords(null, false);

        assertThat(hex()).isEqualTo("ffff" + "00" + "0000" + "01" + "ffffffff" + "00" + "00" + "ffffffff");
    }

    @Test
    void refusesWhatTheFormatCannotHold() {
        assertThatThrownBy(() -> out.writeString("F.name", null, true))
                .isInstanceOf(WireException.class)
                .hasMessage("F.name must not be null in this version");
        assertThatThrownBy(() -> out.writeString("F.name", "é".repeat(16384), true))
                .isInstanceOf(WireException.class)
                .hasMessage("F.name has 32768 bytes, the limit is 32767");
        assertThatThrownBy(() -> out.writeUnsignedShort(65536)).isInstanceOf(WireException.class);
        assertThatThrownBy(() -> out.writeUnsignedInt(-1)).isInstanceOf(WireException.class);
        out.release();
    }

    @Test
    void fillsInTheSizeOfTaggedFieldsOfAnySize() {
        out.release();
        for (int size : new int[] {0, 1, 127, 128, 129, 16383, 16384}) {
            WireWriter tags = new WireWriter(UnpooledByteBufAllocator.DEFAULT);
            int mark = tags.beginTag(3);
            for (int i = 0; i < size; i++) {
                tags.writeByte((byte) i);
            }
            tags.endTag(mark);
            tags.writeByte((byte) 77);
            ByteBuf frame = (ByteBuf) tags.finish().parts().get(0);

            WireReader in = new WireReader(frame.skipBytes(Integer.BYTES), WireLimits.DEFAULT);
            assertThat(in.readUnsignedVarint()).isEqualTo(3);
            assertThat(in.readUnsignedVarint()).isEqualTo(size);
            for (int i = 0; i < size; i++) {
                assertThat(in.readByte()).isEqualTo((byte) i);
            }
            assertThat(in.readByte()).isEqualTo((byte) 77);
            frame.release();
        }
    }

    @Test
    void putsUnknownTaggedFieldsInOrderAmongTheKnown() {
        List<TaggedField> unknown = List.of(
                new TaggedField(1, Unpooled.EMPTY_BUFFER), new TaggedField(9, Unpooled.wrappedBuffer(new byte[] {7})));

        int next = out.writeUnknownTags(unknown, 0, 1);
        next = out.writeUnknownTags(unknown, next, 5);
        out.writeByte((byte) 0x55);
        out.writeUnknownTags(unknown, next);

        assertThat(hex()).isEqualTo("0100" + "55" + "090107");
    }

    @Test
    void splicesRecordsInWithoutCopyingThem() {
        ByteBuf records = Unpooled.buffer().writeInt(0x0a0b0c0d);
        out.writeInt(1);
        out.writeRecords("F.records", new BufferRecords(records), true);
        out.writeInt(2);

        WireFrame frame = out.finish();

        assertThat(frame.sizeBytes()).isEqualTo(4 + 4 + 1 + 4 + 4);
        assertThat(frame.parts()).hasSize(3);
        assertThat(frame.parts().get(1)).isSameAs(records);
        assertThat(((ByteBuf) frame.parts().get(0)).getInt(0)).isEqualTo(13);
        frame.release();
        assertThat(records.refCnt()).isZero();
    }

    @Test
    void countsAFileRegionInTheLengthOfTheFrame(@TempDir Path folder) throws IOException {
        Path file = Files.write(folder.resolve("segment"), new byte[100]);
        try (FileChannel channel = FileChannel.open(file)) {
            out.append(new DefaultFileRegion(channel, 10, 50));
            out.writeShort((short) 1);

            WireFrame frame = out.finish();

            assertThat(frame.sizeBytes()).isEqualTo(4 + 50 + 2);
            assertThat(((ByteBuf) frame.parts().get(0)).getInt(0)).isEqualTo(52);
            frame.release();
        }
    }

    @Test
    void releasesWhatWasHandedOverWhenTheMessageFails() {
        ByteBuf records = Unpooled.buffer().writeInt(1);
        out.writeRecords("F.records", new BufferRecords(records), false);

        out.release();

        assertThat(records.refCnt()).isZero();
    }

    @Test
    void recordsCanBeHandedOverOnce() {
        BufferRecords records = new BufferRecords(Unpooled.buffer().writeInt(1));
        records.transferTo(out);

        assertThatThrownBy(() -> records.transferTo(out)).isInstanceOf(IllegalStateException.class);
        records.release();
        assertThat(records.buffer().refCnt()).isOne();
        out.release();
    }

    @Test
    void emptyRecordsTakeNoPart() {
        out.writeRecords("F.records", new BufferRecords(Unpooled.buffer()), true);

        assertThat(hex()).isEqualTo("01");
    }
}
