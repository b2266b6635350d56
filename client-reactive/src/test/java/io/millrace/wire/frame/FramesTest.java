package io.millrace.wire.frame;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.millrace.wire.ApiKey;
import io.millrace.wire.BufferRecords;
import io.millrace.wire.WireException;
import io.millrace.wire.WireFrame;
import io.millrace.wire.WireLimits;
import io.millrace.wire.message.ApiVersionsRequest;
import io.millrace.wire.message.ApiVersionsResponse;
import io.millrace.wire.message.MetadataRequest;
import io.millrace.wire.message.ProduceRequest;
import io.millrace.wire.message.RequestHeader;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufAllocator;
import io.netty.buffer.ByteBufUtil;
import io.netty.buffer.Unpooled;
import java.nio.ByteBuffer;
import java.util.List;
import org.apache.kafka.common.message.ApiVersionsRequestData;
import org.apache.kafka.common.requests.RequestUtils;
import org.junit.jupiter.api.Test;

class FramesTest {

    private static final ByteBufAllocator ALLOCATOR = ByteBufAllocator.DEFAULT;

    @Test
    void aRequestIsReadWithTheHeaderOfItsVersion() {
        for (short version = 0; version <= ApiKey.METADATA.maxVersion(); version++) {
            RequestHeader header = new RequestHeader().correlationId(7).clientId("me");
            MetadataRequest request = new MetadataRequest();
            ByteBuf frame = withoutLength(RequestFrame.encode(ALLOCATOR, header, request, version));

            RequestFrame read = RequestFrame.decode(frame, WireLimits.DEFAULT);

            assertThat(read.key()).isEqualTo(ApiKey.METADATA);
            assertThat(read.version()).isEqualTo(version);
            assertThat(read.header()).isEqualTo(header);
            assertThat(read.request()).isEqualTo(request);
            assertThat(frame.isReadable()).isFalse();
            frame.release();
        }
    }

    @Test
    void aRequestOfKafkasClientIsRead() {
        ApiVersionsRequestData theirs =
                new ApiVersionsRequestData().setClientSoftwareName("kafka").setClientSoftwareVersion("4.3.1");
        ByteBuffer bytes = RequestUtils.serialize(
                new org.apache.kafka.common.message.RequestHeaderData()
                        .setRequestApiKey(ApiKey.API_VERSIONS.id())
                        .setRequestApiVersion((short) 4)
                        .setCorrelationId(1)
                        .setClientId(null),
                (short) 2,
                theirs,
                (short) 4);

        RequestFrame read = RequestFrame.decode(Unpooled.wrappedBuffer(bytes), WireLimits.DEFAULT);

        assertThat(read.header().clientId()).isNull();
        assertThat(read.request())
                .isEqualTo(new ApiVersionsRequest().clientSoftwareName("kafka").clientSoftwareVersion("4.3.1"));
    }

    @Test
    void bytesAfterARequestAreIgnoredAsKafkaDoes() {
        RequestHeader header = new RequestHeader().correlationId(7);
        ByteBuf frame = withoutLength(RequestFrame.encode(ALLOCATOR, header, new MetadataRequest(), (short) 9));
        frame.writeByte(1);

        assertThat(RequestFrame.decode(frame, WireLimits.DEFAULT).request()).isEqualTo(new MetadataRequest());
        frame.release();
    }

    @Test
    void theHeaderOfAnApiVersionsResponseIsNeverFlexible() {
        ByteBuf frame = withoutLength(
                ResponseFrame.encode(ALLOCATOR, 0x01020304, new ApiVersionsResponse().throttleTimeMs(5), (short) 4));

        assertThat(ByteBufUtil.hexDump(frame, 0, 7)).isEqualTo("01020304" + "0000" + "01");
        ResponseFrame read = ResponseFrame.decode(frame, ApiKey.API_VERSIONS, (short) 4, WireLimits.DEFAULT);
        assertThat(read.header().correlationId()).isEqualTo(0x01020304);
        assertThat(read.response()).isEqualTo(new ApiVersionsResponse().throttleTimeMs(5));
        frame.release();
    }

    @Test
    void whatIsNoRequestIsRefused() {
        assertRefused("00030009", "a request of 4 bytes has no header");
        assertRefused("0004000000000001", "there is no API 4");
        assertRefused("ffff000000000001", "there is no API -1");
        assertRefused("00037fff00000001", "METADATA has no version 32767");
        assertRefused("0003ffff00000001", "METADATA has no version -1");
        assertRefused("00000002000000010000", "PRODUCE has no version 2");
    }

    @Test
    void aMessageThatCannotBeWrittenIsReleased() {
        ByteBuf first = Unpooled.copyInt(1);
        ByteBuf second = Unpooled.copyInt(2);
        ProduceRequest.TopicProduceData topic = new ProduceRequest.TopicProduceData()
                .name("t")
                .partitionData(List.of(
                        new ProduceRequest.PartitionProduceData().records(new BufferRecords(first)),
                        new ProduceRequest.PartitionProduceData().records(new BufferRecords(second))));
        ProduceRequest request = new ProduceRequest()
                .topicData(List.of(topic, new ProduceRequest.TopicProduceData().name("x".repeat(32768))));

        assertThatThrownBy(() -> RequestFrame.encode(ALLOCATOR, new RequestHeader(), request, (short) 9))
                .isInstanceOf(WireException.class)
                .hasMessage("TopicProduceData.name has 32768 bytes, the limit is 32767");
        assertThat(first.refCnt()).isZero();
        assertThat(second.refCnt()).isZero();
    }

    private static void assertRefused(String hex, String message) {
        ByteBuf frame = Unpooled.wrappedBuffer(ByteBufUtil.decodeHexDump(hex));
        assertThatThrownBy(() -> RequestFrame.decode(frame, WireLimits.DEFAULT))
                .isInstanceOf(WireException.class)
                .hasMessage(message);
    }

    private static ByteBuf withoutLength(WireFrame frame) {
        ByteBuf whole = Unpooled.copiedBuffer(frame.parts().toArray(new ByteBuf[0]));
        frame.release();
        assertThat(whole.readInt()).isEqualTo(whole.readableBytes());
        return whole.discardReadBytes();
    }
}
