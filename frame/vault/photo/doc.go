// Package photo turns what people send as a photo into a plain JPEG: upright, at most
// 2048 pixels a side, and without anything the camera or phone wrote beside the picture
// (place, time, device, thumbnail), because only the pixels are copied.
//
// Nothing is decoded before its type, its size and its number of pixels are known and
// within the limits, and all decoding in the process together stays within a budget of
// memory, so that neither a decompression bomb nor many uploads at once can fill it.
package photo
