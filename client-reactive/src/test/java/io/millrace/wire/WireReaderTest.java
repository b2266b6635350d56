package io.millrace.wire;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufUtil;
import io.netty.buffer.Unpooled;
import io.netty.buffer.UnpooledByteBufAllocator;
import java.util.List;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.Test;

class WireReaderTest {

    private static final WireLimits SMALL = new WireLimits(5, 3, 2, 100);

    private static WireReader reader(String hex) {
        return new WireReader(Unpooled.wrappedBuffer(ByteBufUtil.decodeHexDump(hex)), SMALL);
    }

    private static void assertRefused(ThrowingCallable read, String message) {
        assertThatThrownBy(read).isInstanceOf(WireException.class).hasMessage(message);
    }

    @Test
    void readsVarintsOfOneToFiveBytes() {
        assertThat(reader("00").readUnsignedVarint()).isZero();
        assertThat(reader("7f").readUnsignedVarint()).isEqualTo(127);
        assertThat(reader("8001").readUnsignedVarint()).isEqualTo(128);
        assertThat(reader("ffffffff0f").readUnsignedVarint()).isEqualTo(-1);
        assertRefused(
                () -> reader("ffffffffff01").readUnsignedVarint(), "a varint before byte 5 is longer than 5 bytes");
        assertRefused(() -> reader("80").readUnsignedVarint(), "a value at byte 1 needs at least 1 bytes, 0 are left");
    }

    @Test
    void refusesAValueThatIsCutOff() {
        assertRefused(() -> reader("000000").readInt(), "a value at byte 0 needs at least 4 bytes, 3 are left");
        assertRefused(
                () -> reader("00".repeat(15)).readUuid(), "a value at byte 0 needs at least 16 bytes, 15 are left");
        assertRefused(
                () -> reader("0461").readString("F.name", true), "F.name at byte 1 needs at least 3 bytes, 1 are left");
    }

    @Test
    void readsStringsInBothEncodings() {
        assertThat(reader("0003e2889a").readString("F.name", false)).isEqualTo("√");
        assertThat(reader("04e2889a").readString("F.name", true)).isEqualTo("√");
        assertThat(reader("0000").readString("F.name", false)).isEmpty();
        assertThat(reader("ffff").readNullableString("F.name", false)).isNull();
        assertThat(reader("00").readNullableString("F.name", true)).isNull();
        assertRefused(() -> reader("00").readString("F.name", true), "F.name must not be null in this version");
        assertRefused(() -> reader("fffe").readString("F.name", false), "F.name has a negative length");
    }

    /** Two names that differ must not become the same. */
    @Test
    void refusesAStringThatIsNotUtf8() {
        for (String bad :
                List.of("ff", "80", "c3", "c3c3", "c080", "e282", "eda080", "f0808080", "f4908080", "61ff62")) {
            String compact = String.format("%02x", bad.length() / 2 + 1) + bad;
            assertRefused(() -> reader(compact).readString("F.name", true), "F.name at byte 1 is not valid UTF-8");
        }
        assertThat(reader("05f09f9880").readString("F.name", true)).isEqualTo("😀");
        assertThat(reader("04efbfbd").readString("F.name", true)).as("meant").isEqualTo("\uFFFD");
        assertRefused(() -> reader("05efbfbdff").readString("F.name", true), "F.name at byte 1 is not valid UTF-8");
    }

    @Test
    void refusesAStringLongerThanKafkaAllows() {
        int longest = Short.MAX_VALUE;

        assertThat(compactString(longest).readString("F.name", true)).hasSize(longest);
        assertRefused(
                () -> compactString(longest + 1).readString("F.name", true),
                "F.name has 32768 bytes, the limit is 32767");
    }

    private static WireReader compactString(int length) {
        WireWriter out = new WireWriter(new UnpooledByteBufAllocator(false));
        out.writeUnsignedVarint(length + 1);
        ByteBuf frame = (ByteBuf) out.finish().parts().get(0);
        frame.skipBytes(Integer.BYTES).writeZero(length);
        return new WireReader(frame, SMALL);
    }

    @Test
    void readsArraysUpToTheLimit() {
        assertThat(reader("00000000").readList("F.ids", false, WireReader::readByte))
                .isEmpty();
        assertThat(reader("060102030405").readList("F.ids", true, WireReader::readByte))
                .hasSize(5);
        assertThat(reader("00").readNullableList("F.ids", true, WireReader::readByte))
                .isNull();
        assertRefused(
                () -> reader("07010203040506").readList("F.ids", true, WireReader::readByte),
                "F.ids has 6 elements, the limit is 5");
        assertRefused(
                () -> reader("000000050102").readList("F.ids", false, WireReader::readByte),
                "F.ids at byte 4 needs at least 5 bytes, 2 are left");
        assertRefused(
                () -> reader("fffffffe").readNullableList("F.ids", false, WireReader::readByte),
                "F.ids has a negative length");
    }

    @Test
    void readsTaggedFieldsUpToTheLimit() {
        assertThat(reader("03" + "0000" + "010101" + "0200").readUnknownTags())
                .extracting(TaggedField::tag)
                .containsExactly(0, 1, 2);
        assertRefused(() -> reader("04").readUnknownTags(), "a structure has 4 tagged fields, the limit is 3");
        assertRefused(
                () -> reader("ffffffff0f").readUnknownTags(),
                "a structure has 4294967295 tagged fields, the limit is 3");
        assertRefused(
                () -> reader("01" + "0502" + "00").readUnknownTags(),
                "tagged field 5 at byte 3 needs at least 2 bytes, 1 are left");
    }

    @Test
    void refusesATaggedFieldOfAnotherSizeThanItSays() {
        WireReader in = reader("02" + "0000");
        int end = in.beginTag(5);
        in.readByte();

        assertRefused(() -> in.endTag(5, end), "tagged field 5 ends at byte 2, and its size says byte 3");
    }

    @Test
    void recordsAreSlicesOfTheFrame() {
        ByteBuf frame = Unpooled.wrappedBuffer(new byte[] {3, 10, 20});

        Records records = new WireReader(frame, SMALL).readRecords("F.records", true);

        frame.setByte(1, 99);
        assertThat(records).isEqualTo(new BufferRecords(Unpooled.wrappedBuffer(new byte[] {99, 20})));
        assertThat(frame.refCnt()).isOne();
    }

    @Test
    void tellsBytesThatAreLeft() {
        WireReader in = reader("0102");

        assertRefused(in::expectEnd, "2 bytes follow the end of the message");
        in.readShort();
        assertThatCode(in::expectEnd).doesNotThrowAnyException();
    }
}
