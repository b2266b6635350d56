package io.millrace.wire.oracle;

import io.millrace.wire.BufferRecords;
import io.millrace.wire.TaggedField;
import io.millrace.wire.WireMessage;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufUtil;
import java.lang.reflect.Method;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collection;
import java.util.List;
import java.util.UUID;
import org.apache.kafka.common.Uuid;
import org.apache.kafka.common.protocol.Message;
import org.apache.kafka.common.protocol.types.RawTaggedField;
import org.apache.kafka.common.record.internal.MemoryRecords;
import org.jspecify.annotations.Nullable;

/** Builds Kafka's message from ours, field by field, through the accessors of both. */
final class KafkaTwin {

    private final Class<?> root;

    private KafkaTwin(Class<?> root) {
        this.root = root;
    }

    static Message of(MessageKind kind, WireMessage ours) {
        Message theirs = kind.newTheirs();
        new KafkaTwin(kind.theirs()).copy(ours, theirs);
        return theirs;
    }

    private void copy(Object ours, Message theirs) {
        for (Method ourSetter : RandomMessages.setters(ours.getClass())) {
            String name = ourSetter.getName();
            Object value = get(ours, name);
            if (name.equals("unknownTaggedFields")) {
                copyTags((List<?>) value, theirs);
            } else {
                set(theirs, "set" + Character.toUpperCase(name.charAt(0)) + name.substring(1), value);
            }
        }
    }

    private static void copyTags(@Nullable List<?> tags, Message theirs) {
        for (Object tag : tags == null ? List.of() : tags) {
            TaggedField field = (TaggedField) tag;
            theirs.unknownTaggedFields().add(new RawTaggedField(field.tag(), ByteBufUtil.getBytes(field.data())));
        }
    }

    private static @Nullable Object get(Object struct, String name) {
        try {
            return struct.getClass().getMethod(name).invoke(struct);
        } catch (ReflectiveOperationException e) {
            throw new LinkageError(e.getMessage(), e);
        }
    }

    private void set(Object theirs, String setterName, @Nullable Object value) {
        Method setter = Arrays.stream(theirs.getClass().getMethods())
                .filter(method -> method.getName().equals(setterName))
                .findFirst()
                .orElseThrow(() -> new AssertionError("Kafka has no " + theirs.getClass() + "." + setterName));
        try {
            setter.invoke(theirs, value == null ? null : convert(value, setter.getParameterTypes()[0]));
        } catch (ReflectiveOperationException e) {
            throw new LinkageError(e.getMessage(), e);
        }
    }

    private Object convert(Object value, Class<?> target) {
        if (value instanceof List<?> list) {
            Collection<Object> collection = collection(target);
            list.forEach(element -> collection.add(convert(element, Object.class)));
            return collection;
        } else if (value instanceof UUID id) {
            return new Uuid(id.getMostSignificantBits(), id.getLeastSignificantBits());
        } else if (value instanceof ByteBuf bytes) {
            byte[] array = ByteBufUtil.getBytes(bytes);
            return target == byte[].class ? array : ByteBuffer.wrap(array);
        } else if (value instanceof BufferRecords records) {
            return MemoryRecords.readableRecords(ByteBuffer.wrap(ByteBufUtil.getBytes(records.buffer())));
        } else if (value.getClass().getName().startsWith("io.millrace")) {
            Message struct = struct(value.getClass().getSimpleName());
            copy(value, struct);
            return struct;
        }
        return value;
    }

    @SuppressWarnings("unchecked")
    private static Collection<Object> collection(Class<?> type) {
        return type == List.class ? new ArrayList<>() : (Collection<Object>) MessageKind.instance(type);
    }

    private Message struct(String name) {
        try {
            return MessageKind.instance(
                    Class.forName(root.getName() + "$" + name).asSubclass(Message.class));
        } catch (ClassNotFoundException e) {
            throw new AssertionError(e);
        }
    }
}
