/* An ICU data library without data, in place of 32 MB of it.
 *
 * Qt was built with ICU and cannot be loaded without these libraries, but it opens ICU's data only for codecs other than
 * Unicode's, for sorting by a language's rules and for the names of time zones. This program does none of the three; Qt's
 * own data serve dates, numbers, text layout and line breaks. The format is ICU's common data: a header and a table of
 * contents, here of no entries (ICU user guide, "ICU Data").
 */
#include <stdint.h>

struct common_data {
    uint16_t header_size;
    uint8_t magic[2];
    uint16_t info_size;
    uint16_t reserved;
    uint8_t big_endian, ascii, size_of_uchar, reserved_byte;
    uint8_t format[4], format_version[4], data_version[4];
    uint8_t padding[8];
    uint32_t count;
};

__attribute__((visibility("default"))) const struct common_data ICU_ENTRY_POINT = {
    32, {0xda, 0x27}, 20, 0, 0, 0, 2, 0, {'C', 'm', 'n', 'D'}, {1, 0, 0, 0}, {3, 0, 0, 0}, {0}, 0,
};
