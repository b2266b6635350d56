package io.millrace.wire.oracle;

import io.millrace.wire.BufferRecords;
import io.millrace.wire.Records;
import io.millrace.wire.TaggedField;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import java.lang.reflect.Method;
import java.lang.reflect.Modifier;
import java.lang.reflect.ParameterizedType;
import java.lang.reflect.Type;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;
import java.util.Random;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/** Random messages of our classes, set through their accessors, without regard to any version. */
final class RandomMessages {

    private static final int UNKNOWN_TAG_LOWEST = 40;

    private final RandomValues values;
    private final double setProbability;

    /** @param setProbability of each field to get a value other than its default */
    RandomMessages(Random random, double setProbability) {
        this.values = new RandomValues(random);
        this.setProbability = setProbability;
    }

    <T> T next(Class<T> type) {
        T struct = MessageKind.instance(type);
        for (Method setter : setters(type)) {
            if (values.chance(setProbability)) {
                boolean nullable = setter.getAnnotatedParameterTypes()[0].isAnnotationPresent(Nullable.class);
                set(struct, setter, nullable && values.chance(0.2) ? null : value(setter));
            }
        }
        return struct;
    }

    /** The fluent setters of a generated class, in an order that does not change between runs. */
    static List<Method> setters(Class<?> type) {
        return Arrays.stream(type.getDeclaredMethods())
                .filter(method -> !Modifier.isStatic(method.getModifiers())
                        && method.getParameterCount() == 1
                        && method.getReturnType() == type)
                .sorted(Comparator.comparing(Method::getName))
                .toList();
    }

    private static void set(Object struct, Method setter, @Nullable Object value) {
        try {
            setter.invoke(struct, value);
        } catch (ReflectiveOperationException e) {
            throw new LinkageError(e.getMessage(), e);
        }
    }

    private Object value(Method setter) {
        if (setter.getName().equals("unknownTaggedFields")) {
            return unknownTaggedFields();
        }
        Type type = setter.getGenericParameterTypes()[0];
        return type instanceof ParameterizedType list
                ? list((Class<?>) list.getActualTypeArguments()[0])
                : single((Class<?>) type);
    }

    private List<Object> list(Class<?> element) {
        List<Object> list = new ArrayList<>();
        for (int i = values.count(3); i > 0; i--) {
            list.add(single(element));
        }
        return list;
    }

    private List<TaggedField> unknownTaggedFields() {
        List<TaggedField> fields = new ArrayList<>();
        for (int tag = UNKNOWN_TAG_LOWEST; values.chance(0.5); tag += 1 + values.below(1_000)) {
            fields.add(new TaggedField(tag, Unpooled.wrappedBuffer(values.nextBytes())));
        }
        return fields;
    }

    private Object single(Class<?> type) {
        if (type == boolean.class) {
            return values.chance(0.5);
        } else if (type == byte.class || type == Byte.class) {
            return values.nextByte();
        } else if (type == short.class || type == Short.class) {
            return values.nextShort();
        } else if (type == int.class || type == Integer.class) {
            // An int is signed, or 16 bits without a sign. Small and positive, it is right for both.
            return values.nextShort() & 0x7fff;
        } else if (type == long.class || type == Long.class) {
            return values.nextInt() & 0x7fffffffL;
        } else if (type == double.class) {
            return values.nextDouble();
        } else if (type == UUID.class) {
            return values.nextUuid();
        } else if (type == String.class) {
            return values.nextString();
        } else if (type == ByteBuf.class) {
            return Unpooled.wrappedBuffer(values.nextBytes());
        } else if (type == Records.class) {
            return new BufferRecords(Unpooled.wrappedBuffer(values.nextBytes()));
        }
        return next(type);
    }
}
